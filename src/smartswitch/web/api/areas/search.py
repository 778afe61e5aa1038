"""The search box for programs: everything that a text means, inside what the key may see."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import BaseModel, Field

from smartswitch.web.api.noun_operations import refuse_unknown
from smartswitch.web.search.selectors import search_everything

router = Router(tags=["search"])


class Hit(BaseModel):
    """One thing that was found."""

    noun: str = Field(description="dealer, company, peer, did, number or call.")
    id: str
    title: str
    subtitle: str
    address: str = Field(description="Where the web account shows it.")


class Hits(BaseModel):
    """At most six of each kind."""

    items: list[Hit]


class Asked(BaseModel):
    """What is looked for."""

    q: str = Field(
        min_length=1, max_length=100, description="A name, a key, a phone number, a call id, or its beginning."
    )


@router.get(
    "",
    response=Hits,
    operation_id="search",
    summary="Search everything",
    description="Needs no right: each kind of thing is found by who may see it.",
)
def search(request: HttpRequest, asked: Asked = Query(...)) -> Any:  # noqa: B008 - ninja's way
    """Everything that a text means."""
    refuse_unknown(request, Asked)
    hits = search_everything(request.viewer, asked.q, now=timezone.now())
    return {"items": [{name: getattr(hit, name) or "" for name in Hit.model_fields} for hit in hits]}
