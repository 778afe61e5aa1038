"""Form fields of what SIP is made of: numbers, extensions, hosts, networks, user names and passwords.

What passes here is safe to write into SIP messages, into the settings of a phone and into SQL, without a second look.
"""

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartswitch.core.phone_number import BadNumber, canonical_number
from smartswitch.web.config.columns import KEY_PATTERN
from smartswitch.web.nouns.fields import LineField, OptionalLineField
from smartswitch.web.peers.credentials.passwords import problem_of_password

Network = IPv4Network | IPv6Network
EXTENSION = re.compile(r"[0-9]{2,10}", re.ASCII)
HOST_NAME = re.compile(
    r"(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*",
    re.ASCII,
)
ONLY_DIGITS_AND_DOTS = re.compile(r"[0-9.]+", re.ASCII)
MOST_NETWORKS = 50
LONGEST_LIST = 2_000
LONGEST_DIALLED = 40


class NumberField(OptionalLineField):
    """A telephone number in international form; kept as its digits."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LONGEST_DIALLED, **options})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return text
        number = canonical_number(text.replace(" ", ""))
        if isinstance(number, BadNumber):
            raise forms.ValidationError(
                _("This is no number in international form, like +44 20 7946 0000."), code="invalid"
            )
        return number


class ExtensionField(OptionalLineField):
    """The short number of a phone inside its dealer."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text and EXTENSION.fullmatch(text) is None:
            raise forms.ValidationError(_("An extension has 2 to 10 digits."), code="invalid")
        return text


class UsernameField(OptionalLineField):
    """The name with which a phone registers."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 64, **options})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text and re.fullmatch(KEY_PATTERN, text) is None:
            raise forms.ValidationError(
                _("Letters, digits and . _ @ - only, at most 64; a letter or digit first."), code="invalid"
            )
        return text


class NewPasswordField(OptionalLineField):
    """A password for a phone, if somebody wants to choose it himself."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        problem = problem_of_password(text) if text else None
        if problem is not None:
            raise forms.ValidationError(problem, code="invalid")
        return text


class HostField(LineField):
    """A host name, or an IPv4 or IPv6 address; IPv6 without brackets."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text or is_address(text.removeprefix("[").removesuffix("]")):
            return text.removeprefix("[").removesuffix("]")
        if HOST_NAME.fullmatch(text) is None or ONLY_DIGITS_AND_DOTS.fullmatch(text) is not None:
            raise forms.ValidationError(
                _("This is neither a host name nor an address; the port has a field of its own."), code="invalid"
            )
        return text


class NetworkField(LineField):
    """An address, or a network in CIDR notation."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        text = str(value) if isinstance(value, IPv4Network | IPv6Network) else super().to_python(value)
        return _network(text) if text else text

    def prepare_value(self, value: Any) -> Any:
        return shown_network(value) if isinstance(value, IPv4Network | IPv6Network) else value

    def run_validators(self, value: Any) -> None:
        """What it validates are texts; by now the value is a network."""


class NetworksField(forms.CharField):
    """Several networks, parted by commas, spaces or lines."""

    widget = forms.Textarea(attrs={"rows": "3", "autocomplete": "off", "spellcheck": "false"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "max_length": LONGEST_LIST, **options})

    def to_python(self, value: Any) -> tuple[Network, ...]:
        words = [str(word) for word in value] if isinstance(value, list | tuple) else super().to_python(value).split()
        texts = [text for word in words for text in re.split(r"[,;\s]+", word) if text]
        if len(texts) > MOST_NETWORKS:
            raise forms.ValidationError(
                _("These are more than %(most)d networks.") % {"most": MOST_NETWORKS}, code="invalid"
            )
        return tuple(dict.fromkeys(_network(text) for text in texts))

    def run_validators(self, value: Any) -> None:
        """What it validates are texts; by now the value is a tuple."""


def is_address(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address without a zone."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def shown_network(network: Network | str) -> str:
    """A network as people write it: of a single address without the length."""
    text = str(network)
    return text.removesuffix("/32" if "." in text else "/128")


def _network(text: str) -> Network:
    if "%" not in text and text.isascii():
        try:
            return ip_network(text.removeprefix("[").removesuffix("]"))
        except ValueError as error:
            if "has host bits set" in str(error):
                raise forms.ValidationError(
                    _("%(text)s names a host inside a network; did you mean %(network)s?")
                    % {"text": text, "network": ip_network(text, strict=False)},
                    code="invalid",
                ) from error
    raise forms.ValidationError(
        _("%(text)s is neither an address nor a network, like 192.0.2.0/24.") % {"text": text[:64]},
        code="invalid",
    )


SIP_TRANSPORTS = (("udp", "UDP"), ("tcp", "TCP"), ("tls", "TLS"))
ANY_TRANSPORT = (("", gettext_lazy("any")), *SIP_TRANSPORTS)
