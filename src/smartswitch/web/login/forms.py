"""Django's forms for names, passwords and codes, with our look."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from smartswitch.web.login.second_factor import LONGEST_NAME
from smartswitch.web.login.second_factor_proof import LONGEST_CODE

LONGEST_WRITTEN = 254


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


class NewPasswordForm(SetPasswordForm):
    """The new password twice, for who came by a link."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _dress(self, autofocus="new_password1")


class _DressedForm(forms.Form):
    """A form that starts in its first field."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _dress(self, autofocus=next(iter(self.fields)))


class CodeForm(_DressedForm):
    """A code of an app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class ShownPasswordForm(_DressedForm):
    """The password again."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class KeyForm(_DressedForm):
    """What a person calls his key."""

    name = forms.CharField(
        label=_("Name of the key"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=_("By which you will know it again, such as “blue key” or “my phone”."),
    )


class ForgotForm(_DressedForm):
    """Whose password is lost."""

    written = forms.CharField(
        label=_("User name or mail address"),
        max_length=LONGEST_WRITTEN,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )


class MailAddressForm(_DressedForm):
    """Where mail for a person goes."""

    email = forms.EmailField(
        label=_("Mail address"),
        required=False,
        max_length=LONGEST_WRITTEN,
        help_text=_("A link for a new password goes there. Without one somebody else must give you a new password."),
    )


def _dress(form: Any, *, autofocus: str) -> None:
    for name, field in form.fields.items():
        state = " is-invalid" if form.is_bound and name in form.errors else ""
        field.widget.attrs.update({"class": f"form-control{state}", "autofocus": name == autofocus})
