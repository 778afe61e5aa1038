"""What both pages that ask for a second factor do with what is sent to them."""

from enum import Enum

from django.http import HttpRequest
from django.utils.translation import gettext as _

from smartswitch.web.login import guesses, second_factor_proof
from smartswitch.web.login.forms import CodeForm
from smartswitch.web.rights.models import Login


class FactorAsked(Enum):
    """What became of it, when no form is left to be shown."""

    SHOWN = "shown"
    STOPPED = "stopped"


def ask_for_factor(request: HttpRequest, login: Login) -> FactorAsked | CodeForm:
    """Look at the code or the key that was sent, if any was; a wrong one is counted, and the form says so."""
    if request.method != "POST":
        return CodeForm()
    if guesses.is_stopped(request, login.username):
        return FactorAsked.STOPPED
    if credential := request.POST.get("credential"):
        form = CodeForm()
        is_right = second_factor_proof.is_right_key(request, login, credential)
        form.key_error = _("This key was not accepted. Use a key that you added to this login, or a code.")
    else:
        form = CodeForm(request.POST)
        is_right = form.is_valid() and second_factor_proof.is_right_code(login, form.cleaned_data["code"])
        if form.is_valid() and not is_right:
            form.add_error("code", _("This code is wrong or was used already. Wait for the next one."))
            form.fields["code"].widget.attrs["class"] = "form-control is-invalid"
    if is_right:
        return FactorAsked.SHOWN
    guesses.count_wrong(request, login.username)
    return form
