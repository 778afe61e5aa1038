"""Whose brand a request has: before the login that of the host name, after it that of the person's own dealer.

While a person acts for a dealer below, the brand stays that of his own dealer: it tells him where he is at home.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.urls import reverse
from django.utils import translation

from smartswitch.web.brand.known_brands import OWN, BrandFact, brand_of_dealer, brand_of_host


def brand_of(request: HttpRequest) -> BrandFact:
    """The brand of a request; found once."""
    found: BrandFact | None = getattr(request, "brand", None)
    if found is None:
        found = request.brand = _found(request)
    return found


def brand_context(request: HttpRequest) -> dict[str, Any]:
    """For templates: the brand, and the addresses of its stylesheet and logo (None without)."""
    brand = brand_of(request)
    return {
        "brand": brand,
        "brand_stylesheet": _address("brand_stylesheet", brand.stylesheet_version),
        "brand_logo": _address("brand_logo", brand.logo_version),
    }


class SpeakAsBrand:
    """The language of a page: what the person chose, else that of the brand, else what the browser asks for.

    Stands behind the middleware that knows the viewer; the first and the last of the three were settled before it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _has_chosen(request):
            language = brand_of(request).language
            if language is not None:
                translation.activate(language)
                request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


def _found(request: HttpRequest) -> BrandFact:
    viewer = getattr(request, "viewer", None)
    if viewer is not None:
        return brand_of_dealer(viewer.own_dealer_id)
    try:
        host, _port = split_domain_port(request.get_host())
    except DisallowedHost:
        return OWN
    return brand_of_host(host)


def _has_chosen(request: HttpRequest) -> bool:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return chosen in dict(settings.LANGUAGES)


def _address(name: str, version: str | None) -> str | None:
    return None if version is None else f"{reverse(name)}?v={version}"
