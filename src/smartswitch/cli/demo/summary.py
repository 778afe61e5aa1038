"""What `smartswitch up` says when everything runs: addresses, logins, and SIP accounts ready to be copied into a phone."""

from collections.abc import Iterator

from smartswitch.cli.demo.logins import LOGINS
from smartswitch.cli.demo.start import DemoSecrets
from smartswitch.runtime.config import Config

EXTENSION_OF = {"office-101": "101", "office-102": "102"}
OUTSIDE_NUMBER = "+44 7700 900123"


def summary_lines(config: Config, secrets: DemoSecrets | None, *, took_ms: int) -> Iterator[str]:
    """The lines for people; ``secrets`` is None without a demonstration."""
    yield ""
    yield f"Smartswitch runs ({took_ms // 1000}.{took_ms % 1000 // 100} s). Ctrl-C stops it."
    yield ""
    yield f"  Web account   http://{config.web_address}/"
    yield f"  SIP           {config.sip_address} (UDP and TCP)"
    yield f"  Kept in       {config.state_directory}"
    if secrets is None:
        yield "  Begin with    smartswitch load FILE.toml, or smartswitch up --demo"
        return
    yield ""
    yield from _login_lines(secrets)
    yield ""
    yield from _phone_lines(config, secrets)
    yield ""
    yield "  See           smartswitch calls, smartswitch balance, smartswitch explain CALL"


def _login_lines(secrets: DemoSecrets) -> Iterator[str]:
    if not secrets.logins:
        names = ", ".join(login.username for login in LOGINS)
        yield f"  Logins        {names}; their passwords were shown at the first start."
        yield "                smartswitch up --demo --new-passwords makes new ones."
        return
    yield "  Logins, shown this once:"
    for login in LOGINS:
        yield f"    {login.username:<8} {secrets.logins[login.username]}   {login.name}"


def _phone_lines(config: Config, secrets: DemoSecrets) -> Iterator[str]:
    address = config.sip_address
    yield "  Two SIP accounts to try, of the Virtual PBX Office:"
    for username, extension in EXTENSION_OF.items():
        password = secrets.phones.get(username, "(shown at the first start)")
        yield f"    extension {extension}: server {address.host}  port {address.port}  user {username}  password {password}"
    yield f"    Dial 101 or 102 for each other, {OUTSIDE_NUMBER} or any number for an echo, and see what it costs."
    if secrets.phones:
        yield "    With baresip:"
        for username, password in secrets.phones.items():
            yield f"      <sip:{username}@{address};transport=udp>;auth_user={username};auth_pass={password}"
