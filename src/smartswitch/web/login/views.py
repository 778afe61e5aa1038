"""Pages for logging in, logging out and changing one's password. Guesses are counted by django-axes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from smartswitch.web.login.forms import LoginForm, PasswordForm


class Login(LoginView):
    """Name and password. Who is logged in already goes on to his pages."""

    template_name = "login/login.html"
    form_class = LoginForm
    redirect_authenticated_user = True


@method_decorator(login_not_required, name="dispatch")
class Logout(LogoutView):
    """Ends the session; only by POST, so that no foreign page can do it."""

    http_method_names = ("post", "options")
    next_page = reverse_lazy("login")


class ChangePassword(PasswordChangeView):
    """A new password, given the old one. Other sessions of the same login end."""

    template_name = "login/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("dashboard")

    def form_valid(self, form: Form) -> HttpResponse:
        answer = super().form_valid(form)
        messages.success(self.request, _("Your password is changed. Other sessions of this login are ended."))
        return answer
