"""What a phone needs to register, in the words of common makes: texts to copy into a phone's page or its configuration file.

User names and passwords have no character that means anything in these formats (fields.py, passwords.py); the server's
name comes from the operator's settings, or is the name by which this page was reached.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote

from django.utils.translation import gettext as _

from smartswitch.core.digest import DIGEST_REALM
from smartswitch.runtime.config import Address

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what is listened on, not something to listen on
TRANSPORT = "udp"
DEFAULT_PORT = 5060


@dataclass(frozen=True, slots=True)
class PhoneAccount:
    """An account as a phone has it."""

    username: str
    password: str
    host: str
    port: int

    @property
    def server(self) -> str:
        """The host as it stands in an address."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def server_and_port(self) -> str:
        """The host, and the port unless it is the usual one."""
        return self.server if self.port == DEFAULT_PORT else f"{self.server}:{self.port}"

    @property
    def address(self) -> str:
        """The SIP address with the password in it (RFC 3261, 19.1.1), as the QR code has it."""
        user = quote(self.username, safe="-_.!~*'()&=+$,;?/")
        password = quote(self.password, safe="-_.!~*'()&=+$,")
        return f"sip:{user}:{password}@{self.server_and_port};transport={TRANSPORT}"


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    """The settings of one make: what to do with them, and the text."""

    name: str
    make: str
    advice: str
    text: str

    @property
    def element(self) -> str:
        """The id of its text on the page."""
        return f"make-{self.name}"


def server_of(sip: Address, page_host: str) -> Address:
    """Where phones register: the address on which SIP is listened for; if that is all of them, the name of this page."""
    if sip.host not in EVERYWHERE:
        return sip
    name = page_host[1 : page_host.index("]")] if page_host.startswith("[") and "]" in page_host else page_host
    return Address(name if _is_ipv6(name) else name.partition(":")[0], sip.port)


def _is_ipv6(text: str) -> bool:
    try:
        return ip_address(text).version == 6
    except ValueError:
        return False


def settings_for(account: PhoneAccount) -> tuple[PhoneSettings, ...]:
    """The settings of every make that we know, the general ones first."""
    in_file = _("Lines for its configuration file:")
    on_page = _("Fields of its web page or its screen:")
    return (
        PhoneSettings("any", _("Any phone or app"), on_page, _general(account)),
        PhoneSettings("yealink", "Yealink", in_file, _yealink(account)),
        PhoneSettings("grandstream", "Grandstream", in_file, _grandstream(account)),
        PhoneSettings("snom", "Snom", in_file, _snom(account)),
        PhoneSettings("cisco-spa", "Cisco SPA", in_file, _cisco_spa(account)),
        PhoneSettings(
            "linphone",
            "Linphone",
            _("Lines for linphonerc; or choose \u201cthird-party SIP account\u201d:"),
            _linphone(account),
        ),
        PhoneSettings("zoiper", "Zoiper", on_page, _zoiper(account)),
        PhoneSettings("baresip", "baresip", _("A line for the file accounts:"), _baresip(account)),
    )


def _lines(*pairs: tuple[str, object], joined_by: str) -> str:
    return "\n".join(f"{name}{joined_by}{value}" for name, value in pairs)


def _general(account: PhoneAccount) -> str:
    return _lines(
        (_("Server (domain, registrar)"), account.server),
        (_("Port"), account.port),
        (_("Transport"), TRANSPORT.upper()),
        (_("User name"), account.username),
        (_("Authentication name"), account.username),
        (_("Password"), account.password),
        joined_by=": ",
    )


def _yealink(account: PhoneAccount) -> str:
    return "#!version:1.0.0.1\n" + _lines(
        ("account.1.enable", 1),
        ("account.1.label", account.username),
        ("account.1.user_name", account.username),
        ("account.1.auth_name", account.username),
        ("account.1.password", account.password),
        ("account.1.sip_server.1.address", account.host),
        ("account.1.sip_server.1.port", account.port),
        ("account.1.sip_server.1.transport_type", 0),
        joined_by=" = ",
    )


def _grandstream(account: PhoneAccount) -> str:
    return _lines(
        ("# Account 1\nP271", 1),
        ("P270", account.username),
        ("P47", account.server_and_port),
        ("P35", account.username),
        ("P36", account.username),
        ("P34", account.password),
        ("P130", 0),
        joined_by=" = ",
    )


def _snom(account: PhoneAccount) -> str:
    return _lines(
        ("user_active1!", "on"),
        ("user_name1!", account.username),
        ("user_pname1!", account.username),
        ("user_pass1!", account.password),
        ("user_host1!", account.server_and_port),
        joined_by=": ",
    )


def _cisco_spa(account: PhoneAccount) -> str:
    fields = (
        ("Line_Enable_1_", "Yes"),
        ("Proxy_1_", account.server_and_port),
        ("Register_1_", "Yes"),
        ("SIP_Transport_1_", TRANSPORT.upper()),
        ("User_ID_1_", account.username),
        ("Use_Auth_ID_1_", "Yes"),
        ("Auth_ID_1_", account.username),
        ("Password_1_", account.password),
    )
    inner = "\n".join(f"  <{name}>{value}</{name}>" for name, value in fields)
    return f"<flat-profile>\n{inner}\n</flat-profile>"


def _linphone(account: PhoneAccount) -> str:
    where = f"{account.server_and_port};transport={TRANSPORT}"
    return "\n".join(
        (
            "[auth_info_0]",
            _lines(
                ("username", account.username),
                ("userid", account.username),
                ("passwd", account.password),
                ("realm", DIGEST_REALM),
                joined_by="=",
            ),
            "[proxy_0]",
            _lines(
                ("reg_proxy", f"<sip:{where}>"),
                ("reg_identity", f"sip:{account.username}@{account.server_and_port}"),
                ("reg_sendregister", 1),
                joined_by="=",
            ),
        )
    )


def _zoiper(account: PhoneAccount) -> str:
    return _lines(
        ("Username @ domain", f"{account.username}@{account.server_and_port}"),
        ("Password", account.password),
        ("Hostname", account.server_and_port),
        ("Authentication username", account.username),
        ("Transport", TRANSPORT.upper()),
        joined_by=": ",
    )


def _baresip(account: PhoneAccount) -> str:
    return (
        f"<sip:{account.username}@{account.server_and_port};transport={TRANSPORT}>"
        f";auth_user={account.username};auth_pass={account.password}"
    )
