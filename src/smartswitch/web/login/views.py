"""Pages for logging in, logging out and changing one's password. Guesses are counted (guesses.py)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from smartswitch.web.login import entrance, guesses, second_factor, sessions
from smartswitch.web.login.forms import LoginForm, PasswordForm
from smartswitch.web.login.step_up import note_identity_shown


class Login(LoginView):
    """Name and password, and on to the second factor if there is one. Who is logged in already goes on to his pages."""

    template_name = "login/login.html"
    form_class = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: LoginForm) -> HttpResponse:
        login = form.get_user()
        if second_factor.is_enrolled(login):
            entrance.remember_password_given(self.request, login, next_page=self.get_success_url())
            return redirect("second_step")
        entrance.enter(self.request, login)
        return HttpResponseRedirect(self.get_success_url())


@method_decorator(login_not_required, name="dispatch")
class Logout(LogoutView):
    """Ends the session; only by POST, so that no foreign page can do it."""

    http_method_names = ("post", "options")
    next_page = reverse_lazy("login")


class ChangePassword(PasswordChangeView):
    """A new password, given the old one. Other sessions of the same login end. Guessing the old one is counted."""

    template_name = "login/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("dashboard")

    def post(self, request: HttpRequest, *arguments: object, **named: object) -> HttpResponse:
        if guesses.is_stopped(request, request.user.username):
            return HttpResponse()
        return super().post(request, *arguments, **named)

    def form_invalid(self, form: Form) -> HttpResponse:
        if form.has_error("old_password", "password_incorrect"):
            guesses.count_wrong(self.request, self.request.user.username)
        return super().form_invalid(form)

    def form_valid(self, form: Form) -> HttpResponse:
        old_key = self.request.session.session_key
        answer = super().form_valid(form)
        sessions.rename_session(old_key=old_key, new_key=self.request.session.session_key)
        sessions.end_other_sessions(self.request)
        if not second_factor.is_enrolled(self.request.user):
            note_identity_shown(self.request)
        messages.success(self.request, _("Your password is changed. Other sessions of this login are ended."))
        return answer
