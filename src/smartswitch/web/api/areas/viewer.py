"""For whom a key acts, and what it may do."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, Field

router = Router(tags=["viewer"])


class Me(BaseModel):
    """For whom the key acts."""

    key: str = Field(description="The name of the key.")
    login: str = Field(description="The login that made the key; what it does is recorded under this name.")
    dealer: str = Field(description="The key of the dealer: the login's own, or the one that Act-For names.")
    is_acting: bool = Field(description="Whether the request acts for a dealer below the login's own.")
    dealer_name: str
    path: list[int] = Field(description="The ids of the dealers from the owner down to this one.")
    is_owner: bool
    currency: str
    time_zone: str = Field(description="In which moments without an offset are understood.")
    rights: list[str] = Field(description="What the key may do: the rights of its login, within its scopes.")


@router.get("", response=Me, operation_id="me", summary="Tell who I am", description="Needs no right.")
def me(request: HttpRequest) -> Any:
    """The viewer."""
    viewer = request.viewer
    return {
        "key": request.used_key.name,
        "login": viewer.username,
        "dealer": viewer.dealer_key,
        "is_acting": viewer.is_acting,
        "dealer_name": viewer.dealer_name,
        "path": list(viewer.path),
        "is_owner": viewer.is_owner,
        "currency": viewer.currency,
        "time_zone": viewer.zone.key,
        "rights": sorted(viewer.rights),
    }
