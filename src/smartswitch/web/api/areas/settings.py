"""The settings of one's own house: its name, its time zone, and its brand. The logo has a router of its own."""

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from smartswitch.web.api.idempotency import answer_once
from smartswitch.web.brand.forms import SettingsForm
from smartswitch.web.brand.models import LANGUAGES, Brand
from smartswitch.web.brand.services import OF_THE_BRAND, OF_THE_DEALER, RIGHT, change_settings
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.required_rights import require
from smartswitch.web.nouns.writing import Refused

router = Router(tags=["settings"])
LINE = r"^[^\x00-\x1f\x7f]*$"
FIELDS = SettingsForm.base_fields
LONGEST = {name: getattr(field, "max_length", None) for name, field in FIELDS.items()}


class Settings(BaseModel):
    """The house, and its brand; null or empty where it says nothing."""

    name: str
    time_zone: str
    product_name: str
    host_name: str | None
    colour: str | None
    support: str
    language: str | None
    has_logo: bool


class ChangedSettings(BaseModel):
    """What is not sent stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field("", max_length=LONGEST["name"], pattern=LINE)
    time_zone: str = Field("", max_length=LONGEST["time_zone"], pattern=LINE, examples=["Europe/Kyiv"])
    product_name: str = Field("", max_length=LONGEST["product_name"], pattern=LINE)
    host_name: str | None = Field(None, max_length=LONGEST["host_name"], pattern=LINE)
    colour: str | None = Field(None, pattern=r"^#[0-9a-fA-F]{6}$", examples=["#0b6e4f"])
    support: str = Field("", max_length=LONGEST["support"], pattern=LINE)
    language: Literal[tuple(LANGUAGES)] | None = None


@router.get(
    "",
    response=Settings,
    operation_id="settings_read",
    summary="Read the settings of one's own house",
    description="Needs the right `settings.view`.",
)
def readsettings_of(request: HttpRequest) -> Any:
    """The dealer's own."""
    require(request.viewer, "settings.view")
    return settings_of(request)


@router.patch(
    "",
    response=Settings,
    operation_id="settings_change",
    summary="Change the settings of one's own house",
    description=f"Needs the right `{RIGHT}`.",
)
def change(request: HttpRequest, sent: ChangedSettings) -> HttpResponse:
    """Only what is sent."""
    require(request.viewer, RIGHT)
    values = sent.model_dump(exclude_unset=True)

    def write() -> dict[str, Any]:
        change_settings(by=request.viewer, values=_checked(values))
        return settings_of(request)

    return answer_once(request, write, status=200, model=Settings)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The values as the page's fields read them."""
    from django.core.exceptions import ValidationError

    checked: dict[str, Any] = {}
    for name, value in values.items():
        try:
            checked[name] = FIELDS[name].clean(value)
        except ValidationError as error:
            raise Refused({name: " ".join(error.messages)}) from error
    return checked


def settings_of(request: HttpRequest) -> dict[str, Any]:
    """The settings of the viewer's own house."""
    dealer = Dealer.objects.get(pk=request.viewer.dealer_id)
    brand = Brand.objects.filter(pk=dealer.pk).first()
    said = {name: getattr(dealer, name) for name in OF_THE_DEALER}
    nothing = dict.fromkeys(OF_THE_BRAND) | {"product_name": "", "support": ""}
    said |= nothing if brand is None else {name: getattr(brand, name) for name in OF_THE_BRAND}
    return said | {"has_logo": brand is not None and brand.logo is not None}
