"""The logo of one's own house: a picture as its bytes, read, set and taken away. The only body here that is not JSON."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router

from smartswitch.web.api.areas.settings import Settings, settings_of
from smartswitch.web.api.door import ApiKeyInHeader
from smartswitch.web.api.idempotency import NO_CONTENT, answer_once
from smartswitch.web.brand.models import LOGO_TYPES, MOST_LOGO_BYTES, Brand
from smartswitch.web.brand.services import RIGHT, change_settings
from smartswitch.web.login.required_rights import require

router = Router(tags=["settings"])
PICTURE = {"schema": {"type": "string", "format": "binary", "minLength": 1, "maxLength": MOST_LOGO_BYTES}}
BODY = {"required": True, "content": dict.fromkeys(LOGO_TYPES, PICTURE)}
ANSWER = {200: {"description": "The picture.", "content": dict.fromkeys(LOGO_TYPES, PICTURE)}}
SHOWN = "settings.view"


@router.get(
    "",
    operation_id="settings_logo_read",
    summary="Read the logo of one's own house",
    description=f"404 if it has none. Needs the right `{SHOWN}`.",
    openapi_extra={"responses": ANSWER},
)
def read_logo(request: HttpRequest) -> HttpResponse:
    """The picture as it is kept."""
    require(request.viewer, SHOWN)
    brand = Brand.objects.filter(pk=request.viewer.dealer_id, logo__isnull=False).first()
    if brand is None:
        raise Http404
    return HttpResponse(bytes(brand.logo), content_type=brand.logo_type)


@router.put(
    "",
    response=Settings,
    auth=ApiKeyInHeader(LOGO_TYPES),
    operation_id="settings_logo_change",
    summary="Give one's own house a logo",
    description=(
        "The body is the picture: PNG, JPEG or WebP, told by its bytes, of at most 200 KB and 2000 x 2000 pixels. What is"
        f" not needed to draw it is left out. The house needs a product name. Needs the right `{RIGHT}`."
    ),
    openapi_extra={"requestBody": BODY},
)
def change_logo(request: HttpRequest) -> HttpResponse:
    """Read and checked as a file that a person chose."""
    require(request.viewer, RIGHT)

    def write() -> dict[str, Any]:
        change_settings(by=request.viewer, values={"logo": request.body})
        return settings_of(request)

    return answer_once(request, write, status=200, model=Settings)


@router.delete(
    "",
    response={NO_CONTENT: None},
    operation_id="settings_logo_delete",
    summary="Take the logo away",
    description=f"The product name stands alone then. Needs the right `{RIGHT}`.",
)
def delete_logo(request: HttpRequest) -> HttpResponse:
    """Where there is none, nothing happens."""
    require(request.viewer, RIGHT)

    def write() -> None:
        change_settings(by=request.viewer, values={"logo": None})

    return answer_once(request, write, status=NO_CONTENT)
