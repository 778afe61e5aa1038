"""Where a webhook may lead: hostile addresses reach nothing (SSRF)."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from smartswitch.web.api.webhooks.addresses import UnsafeAddressError, checked_url, is_public, resolved
from smartswitch.web.api.webhooks.sending import Message, send

from .receiver import receiving

HOSTILE = [
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "//example.com/",
    "https://", "https:///path", "https://user@example.com/", "https://user:secret@example.com/", "https://example.com:22/",
    "https://example.com:0/", "https://example.com:99999/", "https://exa mple.com/", "https://example.com\\@127.0.0.1/",
    "https://example.com/\r\nHost: x", "https://ex\u00e4mple.com/", "https://127.0.0.1/", "https://127.0.0.1:8443/",
    "https://0.0.0.0/", "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://169.254.169.254/latest",
    "https://100.64.0.1/", "https://192.0.2.1/", "https://198.18.0.1/", "https://224.0.0.1/", "https://240.0.0.1/",
    "https://255.255.255.255/", "https://[::1]/", "https://[::]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/",
    "https://[fc00::1]/", "https://[fec0::1]/", "https://[ff02::1]/", "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[2001:db8::1]/",
    "https://" + "a" * 500 + ".example/",
]  # fmt: skip
NAMES_OF_LOOPBACK = [
    "localhost",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_url_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(UnsafeAddressError):
        checked_url(url, allows_private=False)


@pytest.mark.parametrize("name", NAMES_OF_LOOPBACK)
async def test_a_name_that_leads_to_loopback_is_refused_when_it_is_resolved(name: str) -> None:
    with pytest.raises(UnsafeAddressError, match="is not an address of the public Internet"):
        await resolved(f"https://{name}/", allows_private=False)


@pytest.mark.parametrize("name", NAMES_OF_LOOPBACK)
async def test_nothing_arrives_at_a_server_on_loopback(name: str) -> None:
    with receiving() as receiver:
        outcome = await send(message(f"https://{name}:8443/"), now_s=0, allows_private=False)

        assert outcome.status is None
        assert outcome.text.startswith("refused: ")
        assert receiver.received == []


async def test_a_name_without_an_address_is_told() -> None:
    outcome = await send(message("https://nothing.invalid/"), now_s=0, allows_private=False)

    assert outcome.text.startswith("refused: nothing.invalid has no address")


@pytest.mark.parametrize("url", ["https://example.com/", "https://example.com:8443/x?y=z", "https://93.184.216.34/",
                                 "https://[2606:2800:220:1::1]/"])  # fmt: skip
def test_an_ordinary_url_is_accepted(url: str) -> None:
    assert checked_url(url, allows_private=False).geturl() == url


@pytest.mark.parametrize(
    ("address", "expected"), [("8.8.8.8", True), ("::ffff:8.8.8.8", False), ("2001:4860::1", True)]
)
def test_addresses_of_the_internet_are_public(address: str, expected: bool) -> None:
    import ipaddress

    assert is_public(ipaddress.ip_address(address)) is expected


async def test_the_name_is_kept_where_the_address_is_pinned() -> None:
    with receiving() as receiver:
        outcome = await send(message(receiver.url("localhost")), now_s=0, allows_private=True)

        assert outcome.status == 204
        assert receiver.received[0].headers["Host"] == f"localhost:{receiver.port}"
        assert receiver.received[0].path == "/hook?from=test"


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    asked: list[str] = []
    tls = server_context(tmp_path)
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    with receiving(tls) as receiver:
        outcome = await send(message(receiver.url("localhost", "https")), now_s=0, allows_private=True)

        assert outcome.status is None
        assert "CERTIFICATE_VERIFY_FAILED" in outcome.text
        assert receiver.received == []
    assert asked == ["localhost"]


def message(url: str) -> Message:
    return Message(
        delivery_id=1,
        event="call.ended",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        payload="{}",
        url=url,
        secret="s",
    )


def server_context(folder: Path) -> ssl.SSLContext:
    """A certificate for localhost that its owner signed himself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "localhost.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
