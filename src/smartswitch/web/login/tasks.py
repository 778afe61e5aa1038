"""What the worker does for logins: it sends links for new passwords (password_reset.py)."""

import secrets
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from smartswitch.runtime.connection import Connection, open_connection
from smartswitch.runtime.log import EventLog
from smartswitch.web.config.named_queries import NamedQueries
from smartswitch.web.login.models import hash_of_secret
from smartswitch.web.worker.mail import MailDelayedError, MailRefusedError, deliver
from smartswitch.web.worker.tasks import DATABASE_URL

MOST_LOGINS = 5
"""So many logins may share a mail address and get each a link."""
MOST_LINKS = 3
"""So many links a login gets within an hour: nobody can fill somebody's mailbox."""
MOST_TRIES = 5
WAIT_BASE_S = 3
SECRET_BYTES = 32
_query = NamedQueries(Path(__file__).parent / "sql").text

log = EventLog("web.login")


@app.task(
    name="send_reset_mail",
    pass_context=True,
    retry=RetryStrategy(max_attempts=MOST_TRIES, exponential_wait=WAIT_BASE_S, retry_exceptions={MailDelayedError}),
)
async def send_reset_mail(context: JobContext, *, written: str, site: str, language: str) -> None:
    """Send a link to every login that has this name or mail address; to nobody, if there is none.

    `site` is where he asked. Whoever asks chooses that freely: it may be a name that some other dealer leads where he likes.
    """
    asked = urlsplit(site)
    async with open_connection(context.additional_context[DATABASE_URL]) as connection:
        found = await connection.fetch(_query("logins_of_reset"), written, MOST_LOGINS, asked.hostname)
        for login_id, username, name, email, host in found:
            async with connection.transaction():
                secret = await _make_link(connection, login_id)
                if secret is None:
                    log.warning("reset_mails_bounded", login=login_id)
                    continue
                address = f"{_site(asked, host)}/reset/{secret}"
                await _send(to=email, address=address, username=username, name=name, language=language)


def _site(asked: SplitResult, host: str | None) -> str:
    """Where somebody's link leads: the scheme and the port by which he asked, and a host that may have his secret."""
    trusted = host or settings.ALLOWED_HOSTS.own[-1]
    shown = f"[{trusted}]" if ":" in trusted and not trusted.startswith("[") else trusted
    return f"{asked.scheme}://{shown}" if asked.port is None else f"{asked.scheme}://{shown}:{asked.port}"


async def _make_link(connection: Connection, login_id: int) -> str | None:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    made = await connection.fetchval(_query("make_reset"), login_id, hash_of_secret(secret), MOST_LINKS)
    return None if made is None else secret


async def _send(*, to: str, address: str, username: str, name: str, language: str) -> None:
    words = {"username": username, "name": name or username, "address": address}
    with translation.override(language):
        subject = render_to_string("login/mail/reset_subject.txt", words).strip()
        text = render_to_string("login/mail/reset.txt", words)
    try:
        await deliver(to=to, subject=subject, text=text)
    except MailRefusedError:
        # One address that takes no mail must not keep the others from theirs; it is in the log.
        return
