"""Configuration from the environment: defaults, and refusals that name the variable."""

from pathlib import Path

import pytest

from smartswitch.runtime.config import Address, ConfigurationError, MailServer, read_config


def test_defaults_listen_on_loopback_and_use_the_embedded_database() -> None:
    config = read_config({})

    assert config.database_url is None
    assert config.postgres_directory == config.state_directory / "postgres"
    addresses = [config.sip_address, config.evapi_address, config.rtpengine_address, config.web_address]
    assert {address.host for address in addresses} == {"127.0.0.1"}


def test_every_variable_is_read() -> None:
    config = read_config(
        {
            "SMARTSWITCH_STATE_DIRECTORY": "/srv/smartswitch",
            "SMARTSWITCH_DATABASE_URL": "postgresql://u:p@db/smartswitch",
            "SMARTSWITCH_NODE_NAME": "node-2",
            "SMARTSWITCH_LOG_LEVEL": "DEBUG",
            "SMARTSWITCH_SIP_ADDRESS": "[2001:db8::1]:5060",
        }
    )

    assert config.state_directory == Path("/srv/smartswitch")
    assert config.database_url == "postgresql://u:p@db/smartswitch"
    assert (config.node_name, config.log_level) == ("node-2", "debug")
    assert config.sip_address == Address("2001:db8::1", 5060)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SMARTSWITCH_STATE_DIRECTORY", "relative/path"),
        ("SMARTSWITCH_DATABASE_URL", "mysql://db/smartswitch"),
        ("SMARTSWITCH_LOG_LEVEL", "loud"),
        ("SMARTSWITCH_SIP_ADDRESS", "127.0.0.1"),
        ("SMARTSWITCH_SIP_ADDRESS", "127.0.0.1:70000"),
        ("SMARTSWITCH_SIP_ADDRESS", "127.0.0.1:-1"),
        ("SMARTSWITCH_WEB_ADDRESS", "::1:8080"),
        ("SMARTSWITCH_SMTP_URL", "http://mail.example.com"),
        ("SMARTSWITCH_SMTP_URL", "smtp://"),
        ("SMARTSWITCH_SMTP_URL", "smtp://mail.example.com:99999"),
        ("SMARTSWITCH_SMTP_URL", "smtp://mail.example.com/path"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=variable):
        read_config({variable: value})


def test_a_database_password_is_not_repeated_in_the_refusal() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        read_config({"SMARTSWITCH_DATABASE_URL": "mysql://user:hunter2@db/x"})

    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("text", ["127.0.0.1:5060", "sip.example.com:5061", "[::1]:5060"])
def test_an_address_is_written_as_it_was_read(text: str) -> None:
    assert str(Address.parse(text)) == text


SENDER = "Smartswitch <switch@example.com>"


@pytest.mark.parametrize(
    ("url", "host", "port", "is_tls", "user", "password"),
    [
        ("smtp://mail.example.com", "mail.example.com", 587, False, "", ""),
        ("smtps://u:p%40ss%3A@mail.example.com", "mail.example.com", 465, True, "u", "p@ss:"),
        ("smtp://[::1]:25", "::1", 25, False, "", ""),
    ],
)
def test_a_mail_server_is_read(url: str, host: str, port: int, is_tls: bool, user: str, password: str) -> None:
    mail = read_config({"SMARTSWITCH_SMTP_URL": url, "SMARTSWITCH_MAIL_FROM": SENDER}).mail

    assert mail == MailServer(host=host, port=port, is_tls=is_tls, sender=SENDER, user=user, password=password)
    assert "p@ss:" not in repr(mail)


def test_a_mail_server_needs_a_sender_and_its_password_is_not_repeated() -> None:
    for url, sender in (("smtp://u:hunter2@mail.example.com", ""), ("ftp://u:hunter2@mail.example.com", SENDER)):
        with pytest.raises(ConfigurationError) as refusal:
            read_config({"SMARTSWITCH_SMTP_URL": url, "SMARTSWITCH_MAIL_FROM": sender})
        assert "hunter2" not in str(refusal.value)
    assert read_config({"SMARTSWITCH_MAIL_FROM": SENDER}).mail is None
