"""What the pages of peers ask: the account as phones have it, its settings by make, its QR code."""

from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from smartswitch.web.peers.credentials.phone_settings import PhoneAccount, PhoneSettings, server_of, settings_for
from smartswitch.web.peers.credentials.qr_code import qr_code

register = template.Library()


@register.simple_tag(takes_context=True)
def phone_account(context: dict[str, Any], told: dict[str, str]) -> PhoneAccount:
    """The account that was just made, with the server at which it registers."""
    server = server_of(settings.SIP_ADDRESS, context["request"].get_host())
    return PhoneAccount(told["username"], told["password"], server.host, server.port)


@register.simple_tag
def phone_settings(account: PhoneAccount) -> tuple[PhoneSettings, ...]:
    """The settings of every make."""
    return settings_for(account)


@register.simple_tag
def account_code(account: PhoneAccount) -> SafeString:
    """The QR code of an account."""
    return qr_code(account.address, label=_("The SIP address of this account with its password"))
