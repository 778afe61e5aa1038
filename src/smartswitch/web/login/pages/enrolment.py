"""Pages on which a person adds and removes his second factors. Each asks first who he is, if he did not show it lately."""

from base64 import b64encode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from smartswitch.web.login import second_factor
from smartswitch.web.login.forms import CodeForm, KeyForm
from smartswitch.web.login.step_up import recently_authenticated

SEED_GROUP = 4


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Which kind of second factor to add; whoever must have one is led here."""
    return render(request, "login/second_factor.html", {"factors": second_factor.factors_of(request.user)})


@require_http_methods(["GET", "POST"])
@recently_authenticated
def add_app(request: HttpRequest) -> HttpResponse:
    """Show the QR code of a new seed; the first right code adds the app."""
    if second_factor.factors_of(request.user).app is not None:
        messages.warning(request, _("There is an authenticator app already. Remove it before you add another."))
        return redirect("security")
    form = CodeForm(request.POST) if request.method == "POST" else CodeForm()
    if form.is_bound and form.is_valid():
        if second_factor.add_app(request, form.cleaned_data["code"]):
            return _enrolled(request, _("The authenticator app is added. Other sessions of this login are ended."))
        form.add_error("code", _("This code is wrong. Is the clock of your phone right?"))
        form.fields["code"].widget.attrs["class"] = "form-control is-invalid"
    seed = second_factor.app_seed(request, is_new=not form.is_bound)
    drawing = b64encode(second_factor.app_drawing(request.user, seed).encode()).decode()
    groups = [seed[at : at + SEED_GROUP] for at in range(0, len(seed), SEED_GROUP)]
    return render(request, "login/second_factor_app.html", {"form": form, "drawing": drawing, "seed": " ".join(groups)})


@require_http_methods(["GET", "POST"])
@recently_authenticated
def add_key(request: HttpRequest) -> HttpResponse:
    """Let the browser make a key, and add it."""
    if len(second_factor.factors_of(request.user).keys) >= second_factor.MOST_KEYS:
        messages.warning(request, _("There are many keys already. Remove one before you add another."))
        return redirect("security")
    form = KeyForm(request.POST) if request.method == "POST" else KeyForm()
    if form.is_bound and form.is_valid():
        credential = request.POST.get("credential", "")
        name = form.cleaned_data["name"]
        if second_factor.add_key(request, credential=credential, name=name, default_name=_("Security key")):
            return _enrolled(request, _("The key is added. Other sessions of this login are ended."))
        form.add_error(None, _("The key was not added. Try again, or take another one."))
    return render(request, "login/second_factor_key.html", {"form": form, "offer": second_factor.key_offer(request)})


@require_http_methods(["GET", "POST"])
@recently_authenticated
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show the recovery codes that are left; by POST make new ones."""
    if not second_factor.is_enrolled(request.user):
        return redirect("second_factor")
    if request.method == "POST":
        second_factor.renew_recovery_codes(request)
        messages.success(request, _("These codes are new; the old ones are worth nothing any more."))
        return redirect("recovery_codes")
    codes = second_factor.recovery_codes(request.user)
    return render(request, "login/recovery_codes.html", {"codes": codes})


@require_http_methods(["GET", "POST"])
@recently_authenticated
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether an app or a key shall go, and remove it."""
    factors = second_factor.factors_of(request.user)
    names = {key.id: key.name for key in factors.keys}
    if factors.app is not None:
        names[factors.app.pk] = _("Authenticator app")
    if pk not in names:
        raise Http404
    if factors.count == 1 and second_factor.is_required(request.user):
        messages.error(request, _("A second factor is required here. Add another one before you remove this."))
        return redirect("security")
    if request.method == "POST":
        second_factor.remove(request, pk)
        messages.success(request, _("Removed: %(name)s. Other sessions are ended.") % {"name": names[pk]})
        return redirect("security")
    return render(request, "login/remove.html", {"name": names[pk], "is_last": factors.count == 1})


def _enrolled(request: HttpRequest, words: str) -> HttpResponse:
    """After the first factor the recovery codes are shown, so that nobody forgets them."""
    messages.success(request, words)
    is_first = second_factor.factors_of(request.user).count == 1
    return redirect("recovery_codes" if is_first else "security")
