"""Sends mail, by a job: whoever writes one defers `send_mail` within his transaction, and waits for no mail server.

    send_mail.defer(to="anna@example.com", subject="Your balance is low", text="...")

Mail travels encrypted: by TLS from the start (smtps) or by STARTTLS, which a server on another host must offer. A server
that does not answer, or says "later", is tried again, ever more seldom, MOST_TRIES times within three hours; one that
refuses this mail is not. A mail may arrive twice if a worker dies just then; where there is no server it never does.
"""

import asyncio
import ipaddress
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from smartswitch.runtime.config import MailServer
from smartswitch.runtime.log import EventLog

ANSWER_WITHIN_S = 20
MOST_TRIES = 8
WAIT_BASE_S = 3
"""The n-th wait is this to the power of n: 3 s, 9 s, 27 s, ..., 109 minutes."""
FIRST_PERMANENT = 500

log = EventLog("web.mail")


class MailDelayedError(Exception):
    """The server did not take the mail now; it may later."""


class MailRefusedError(Exception):
    """This mail will not be taken, however often it is offered; the message says why."""


def is_mail_possible() -> bool:
    """Whether there is a mail server at all."""
    return settings.MAIL_SERVER is not None


@app.task(
    name="send_mail",
    retry=RetryStrategy(max_attempts=MOST_TRIES, exponential_wait=WAIT_BASE_S, retry_exceptions={MailDelayedError}),
)
async def send_mail(*, to: str, subject: str, text: str, html: str | None = None) -> None:
    """Send one mail to one address."""
    await deliver(to=to, subject=subject, text=text, html=html)


async def deliver(*, to: str, subject: str, text: str, html: str | None = None) -> None:
    """Hand one mail to the server, now. Raises MailDelayedError or MailRefusedError."""
    server: MailServer | None = settings.MAIL_SERVER
    if server is None:
        raise MailRefusedError("there is no mail server; set SMARTSWITCH_SMTP_URL")
    message = _message(server, to=to, subject=subject, text=text, html=html)
    try:
        await asyncio.to_thread(_hand_over, server, message)
    except MailRefusedError as error:
        log.error("mail_refused", error=str(error))
        raise
    except MailDelayedError as error:
        log.warning("mail_delayed", error=str(error))
        raise
    log.event("mail_sent")


def _message(server: MailServer, *, to: str, subject: str, text: str, html: str | None) -> EmailMessage:
    message = EmailMessage()
    try:
        message["From"], message["To"], message["Subject"] = server.sender, to, subject
    except (ValueError, LookupError) as error:
        raise MailRefusedError(f"the mail has no good address or subject: {error}") from error
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=parseaddr(server.sender)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


def _hand_over(server: MailServer, message: EmailMessage) -> None:
    try:
        with _connected(server) as session:
            if server.user:
                session.login(server.user, server.password)
            session.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _failure(min(codes, default=FIRST_PERMANENT), error) from error
    except smtplib.SMTPResponseException as error:
        raise _failure(error.smtp_code, error) from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailDelayedError(f"{server.host}:{server.port} did not take a mail: {error!r}") from error


def _connected(server: MailServer) -> smtplib.SMTP:
    """A session with the server; only one on this host is talked to in the clear."""
    tls = ssl.create_default_context()
    if server.is_tls:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=ANSWER_WITHIN_S, context=tls)
    session = smtplib.SMTP(server.host, server.port, timeout=ANSWER_WITHIN_S)
    session.ehlo()
    if session.has_extn("starttls"):
        session.starttls(context=tls)
    elif not _is_this_host(server.host):
        session.close()
        raise MailRefusedError(f"{server.host}:{server.port} offers no STARTTLS; mail is not sent in the clear")
    return session


def _is_this_host(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _failure(code: int, error: Exception) -> Exception:
    kind = MailRefusedError if code >= FIRST_PERMANENT else MailDelayedError
    return kind(f"the mail server answered {error}")
