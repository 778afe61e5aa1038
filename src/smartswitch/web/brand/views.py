"""The page of a house's settings; and the stylesheet and the logo of a brand, which also who is not logged in gets."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from smartswitch.web.brand.colours import MENU_LUMINANCE
from smartswitch.web.brand.forms import SettingsForm
from smartswitch.web.brand.host_names import HostNameError, read_host_name
from smartswitch.web.brand.known_brands import brand_of_dealer, read_logo
from smartswitch.web.brand.models import Brand
from smartswitch.web.brand.of_request import brand_of
from smartswitch.web.brand.services import RIGHT, change_settings
from smartswitch.web.dealers.models import Dealer
from smartswitch.web.login.required_rights import needs, require
from smartswitch.web.nouns.field_check import checked_field
from smartswitch.web.nouns.writing import Refused

REFUSED_STATUS = 422
KEPT_BY_BROWSERS = "public, max-age=31536000, immutable"
"""An address with the version in it never means anything else."""
ASKED_ANEW = "no-cache"


@require_http_methods(["GET", "HEAD", "POST"])
@needs("settings.view")
def house_settings(request: HttpRequest) -> HttpResponse:
    """Name, time zone and brand of the viewer's own house."""
    viewer = request.viewer
    brand = Brand.objects.filter(pk=viewer.dealer_id).defer("logo").first()
    is_sent = request.method == "POST"
    form = SettingsForm(
        request.POST if is_sent else None,
        files=request.FILES if is_sent else None,
        viewer=viewer,
        row=Dealer.objects.get(pk=viewer.dealer_id),
        brand=brand,
    )
    if is_sent:
        require(viewer, RIGHT)
    checked = checked_field(request, form)
    if checked is not None:
        return checked
    if is_sent and form.is_valid():
        try:
            change_settings(by=viewer, values=form.values())
        except Refused as refused:
            form.refuse(refused.problems)
        else:
            messages.success(request, _("The settings are saved."))
            return redirect("settings")
    present = brand_of_dealer(viewer.dealer_id)
    is_shown = present.dealer_id == viewer.dealer_id == brand_of(request).dealer_id and present.logo_version is not None
    context = {
        "form": form,
        "own_brand": brand,
        "own_logo": f"{reverse('brand_logo')}?v={present.logo_version}" if is_shown else None,
        "may_change": viewer.may(RIGHT),
        "own_host": _host_for_dns(),
        "menu_luminance": str(MENU_LUMINANCE),
    }
    return render(request, "brand/settings.html", context, status=REFUSED_STATUS if is_sent else 200)


def _host_for_dns() -> str | None:
    """The operator's public name, if he has one: nobody lets a name lead to an address of this computer by CNAME."""
    host: str = settings.ALLOWED_HOSTS.own[-1]
    try:
        return read_host_name(host)
    except HostNameError:
        return None


@require_safe
@login_not_required
def stylesheet(request: HttpRequest) -> HttpResponse:
    """The colour of the request's brand."""
    brand = brand_of(request)
    if brand.stylesheet is None:
        raise Http404
    return _kept(
        HttpResponse(brand.stylesheet, content_type="text/css; charset=utf-8"), request, brand.stylesheet_version
    )


@require_safe
@login_not_required
def logo(request: HttpRequest) -> HttpResponse:
    """The logo of the request's brand. The type is the one that was read from its bytes; Django adds nosniff."""
    brand = brand_of(request)
    found = read_logo(brand)
    if found is None:
        raise Http404
    content, media_type = found
    return _kept(HttpResponse(content, content_type=media_type), request, brand.logo_version)


def _kept(response: HttpResponse, request: HttpRequest, version: str | None) -> HttpResponse:
    """An address of another version gets what there is now, and is asked for again."""
    is_this_version = request.GET.get("v") == version
    response.headers["Cache-Control"] = KEPT_BY_BROWSERS if is_this_version else ASKED_ANEW
    return response
