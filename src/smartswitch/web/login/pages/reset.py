"""Pages for who lost his password: ask for a link, and use it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from smartswitch.web.login import guesses, password_reset
from smartswitch.web.login.forms import ForgotForm, NewPasswordForm
from smartswitch.web.worker.mail import is_mail_possible

GONE = 410


@login_not_required
@require_http_methods(["GET", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Take a name or an address; the answer is the same whether or not anybody has it."""
    if not is_mail_possible():
        return render(request, "login/forgot.html", {"is_mail_possible": False})
    form = ForgotForm(request.POST) if request.method == "POST" else ForgotForm()
    is_sent = form.is_bound and form.is_valid()
    if is_sent:
        if guesses.is_stopped(request, guesses.RESETS):
            return HttpResponse()
        password_reset.ask_for_link(request, form.cleaned_data["written"])
    return render(request, "login/forgot.html", {"form": form, "is_sent": is_sent, "is_mail_possible": True})


@login_not_required
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the new password of who came by a link. Looking at the page uses nothing up: programs look at mail too."""
    login = password_reset.login_of_link(secret)
    if login is None:
        return render(request, "login/reset_gone.html", status=GONE)
    form = NewPasswordForm(login, request.POST or None)
    if form.is_bound and form.is_valid():
        if password_reset.use_link(request, secret, new_password=form.cleaned_data["new_password1"]):
            messages.success(request, _("Your password is changed. Log in with the new one."))
            return redirect("login")
        return render(request, "login/reset_gone.html", status=GONE)
    return render(request, "login/reset.html", {"form": form, "username": login.username})
