"""Django's forms for names and passwords, with our look."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _


class LoginForm(AuthenticationForm):
    """Name and password; the answer to a wrong one does not say which was wrong."""

    error_messages = {
        "invalid_login": _("The user name or the password is wrong. Mind capital letters."),
        "inactive": _("This login is switched off."),
    }

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["username"].label = _("User name")
        self.fields["password"].label = _("Password")
        _dress(self, autofocus="username")


class PasswordForm(PasswordChangeForm):
    """The old password, and the new one twice."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _dress(self, autofocus="old_password")


def _dress(form: Any, *, autofocus: str) -> None:
    for name, field in form.fields.items():
        state = " is-invalid" if form.is_bound and name in form.errors else ""
        field.widget.attrs.update({"class": f"form-control{state}", "autofocus": name == autofocus})
