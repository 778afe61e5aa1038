"""What everybody meets at every address that is not a noun's: the table that a new page has to be written into.

The addresses of nouns follow from the registry and from `factories.py`; an address in neither fails the tests.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .factories import Factory, api_key, delivery, exchange_rate, pack, price
from .family import Family

Arguments = dict[str, object]


@dataclass(frozen=True)
class OpenPage:
    """Needs no login."""


@dataclass(frozen=True)
class OwnPage:
    """Shows whoever asks his own house, or writes in it; no object is named. `status` is what a plain GET answers, `right`
    what it needs."""

    right: str | None = None
    status: int = 200


@dataclass(frozen=True)
class ObjectPage:
    """Names an object: seen in one's own house and below, not found anywhere else. `make` makes the object of a dealer, and
    says the arguments of the address. `method` is how it is asked; `status` what it answers where the object is seen."""

    make: Callable[[Family, int, str], Arguments]
    right: str | None = None
    method: str = "get"
    status: tuple[int, ...] = (200, 302)
    is_for_own_dealer: bool = True
    """False where one's own dealer is no object of it: one cannot act for oneself."""


@dataclass(frozen=True)
class PersonalPage:
    """Names something of the person's own login: what belongs to another login is not found, not even in one's own house.
    `make` makes it for a login of a dealer."""

    make: Callable[[Family, int], Arguments]
    method: str = "post"
    right: None = None


def second_factor(family: Family, login: int) -> Arguments:
    """A second factor of a login."""
    return {
        "pk": family.value(
            "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'totp', '{}', now()) RETURNING id",
            login,
        )
    }


def session(family: Family, login: int) -> Arguments:
    """A session of a login."""
    return {
        "pk": family.value(
            "INSERT INTO usersessions_usersession (user_id, created_at, ip, last_seen_at, session_key, user_agent, data)"
            " VALUES (%s, now(), '192.0.2.1', now(), %s, '', '{}') RETURNING id",
            login, f"session-{login}",
        )
    }  # fmt: skip


@dataclass(frozen=True)
class SharedPage:
    """Names an object that is everybody's to see: found whoever asks, with the right."""

    make: Callable[[Family, int, str], Arguments]
    right: str | None = None


def of_noun(factory: Factory) -> Callable[[Family, int, str], Arguments]:
    """The address of an object that a factory makes."""
    return lambda family, dealer, relation: {"pk": factory(family, dealer, relation)}


def call(family: Family, dealer: int, relation: str) -> Arguments:
    """A call of a dealer, which ended."""
    import uuid
    from datetime import UTC, datetime

    from smartswitch.protocol.call_id import call_id_of, created_at_ms

    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    call_id: uuid.UUID = call_id_of(f"walls-{relation}", "tag", now_ms)
    family.run(
        "INSERT INTO cdr (tenant_id, created_at, call_id, leg, dealer_id, dealer_ids, direction, caller, called,"
        " authorized_at_ms, ended_at_ms, duration_ms, billed_s, result, node)"
        " SELECT d.tenant_id, %s, %s, 0, d.id, d.path, 'outbound', '442079460000', '447911123456', %s, %s, 0, 0,"
        " 'unanswered', 'test' FROM dealer AS d WHERE d.id = %s",
        datetime.fromtimestamp(created_at_ms(call_id) / 1000, UTC), call_id, now_ms, now_ms, dealer,
    )  # fmt: skip
    return {"call_id": call_id}


def balance_of_customer(family: Family, dealer: int, relation: str) -> Arguments:
    """The balance of a customer of a dealer; only the dealer himself enters money for it."""
    pk = family.value(
        "INSERT INTO balance (dealer_id, kind, party, currency) VALUES (%s, 'company', %s, 'USD') RETURNING id",
        dealer, family.key("customer", relation),
    )  # fmt: skip
    return {"pk": pk}


def open_leg(family: Family, dealer: int, relation: str) -> Arguments:
    """A call of a dealer in progress."""
    from datetime import UTC, datetime

    from smartswitch.protocol.call_id import call_id_of

    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    call_id = call_id_of(f"open-{relation}", "tag", now_ms)
    facts = '{"caller": "442079460000", "called": "447911123456", "direction": "outbound"}'
    family.run(
        "INSERT INTO open_leg (tenant_id, call_id, leg, authorized_at_ms, balance_ids, meter_ids, dealer_ids, chain, facts,"
        " node, dealer_id, seq, state, granted_s, slice_s, confirmed_at_ms, held, answers)"
        " SELECT d.tenant_id, %s, 0, %s, '{}', '{}', d.path, '[]', %s, 'test', d.id, 0, 'answered', 60, 60, %s, '{}', '[]'"
        " FROM dealer AS d WHERE d.id = %s",
        call_id, now_ms, facts, now_ms, dealer,
    )  # fmt: skip
    return {"call_id": call_id}


def audit_entry(family: Family, dealer: int, _relation: str) -> Arguments:
    """An entry of the log, of a change that somebody of a dealer has made."""
    entry_id = family.value(
        "INSERT INTO audit_entry (actor, table_name, row_id, action, by_dealer_id) VALUES ('x', 'role', '0', 'update', %s)"
        " RETURNING id",
        dealer,
    )
    return {"entry_id": entry_id}


def peer(family: Family, dealer: int, relation: str) -> Arguments:
    """A user of a dealer."""
    return {"pk": family.tree.peer(family.key("peer", relation), dealer, "user")}


def the_dealer(_family: Family, dealer: int, _relation: str) -> Arguments:
    """The dealer itself."""
    return {"pk": dealer}


def login(family: Family, dealer: int, relation: str) -> Arguments:
    """A person of a dealer."""
    pk = family.value(
        "INSERT INTO login (username, password, dealer_id) VALUES (%s, 'x', %s) RETURNING id",
        f"somebody-{relation}", dealer,
    )  # fmt: skip
    return {"pk": pk}


def of_key(family: Family, dealer: int, relation: str) -> Arguments:
    """An API key."""
    return {"pk": api_key(family, dealer, relation)}


def of_delivery(family: Family, dealer: int, relation: str) -> Arguments:
    """A delivery of a webhook."""
    return {"pk": delivery(family, dealer, relation)}


ADDRESSES: dict[str, OpenPage | OwnPage | ObjectPage | PersonalPage | SharedPage] = {
    "login": OpenPage(),
    "logout": OpenPage(),
    "language": OpenPage(),
    "health": OpenPage(),
    "second_step": OpenPage(),
    "forgot": OpenPage(),
    "reset": OpenPage(),
    "password": OwnPage(),
    "reauthenticate": OwnPage(),
    "security": OwnPage(),
    "second_factor": OwnPage(),
    # Who did not show lately that it is he is asked first.
    "second_factor_app": OwnPage(status=302),
    "second_factor_key": OwnPage(status=302),
    "recovery_codes": OwnPage(status=302),
    "mail_address": OwnPage(status=302),
    "second_factor_requirement": OwnPage("logins.change", status=302),
    "second_factor_remove": PersonalPage(second_factor),
    "sessions": OwnPage(),
    "sessions_end_others": OwnPage(status=405),
    "session_end": PersonalPage(session),
    "dashboard": OwnPage(),
    "today": OwnPage("calls.view"),
    "live": OwnPage("calls.view"),
    "calls": OwnPage("calls.view"),
    "call": ObjectPage(call, "calls.view"),
    "balances": OwnPage("balances.view"),
    "balance": ObjectPage(balance_of_customer, "balances.view"),
    "balance-calls": ObjectPage(balance_of_customer, "balances.view"),
    "balance-pay": ObjectPage(balance_of_customer, status=(200, 302, 404)),
    "check-call": OwnPage("routes.check"),
    "hang-up": ObjectPage(open_leg, "calls.hangup", method="post"),
    "search": OwnPage(),
    "audit": OwnPage("audit.view"),
    "audit-change": ObjectPage(audit_entry, "audit.view"),
    "audit-undo": ObjectPage(audit_entry, "audit.view"),
    "peers-block": ObjectPage(peer, "dealers.block"),
    "peers-password": ObjectPage(peer, "peers.change"),
    "peers-try": ObjectPage(peer, "peers.view"),
    "terminators-try": ObjectPage(peer, "peers.view", status=(404,)),
    "packs-cost": ObjectPage(of_noun(pack), "packs.view"),
    "packs-copy": ObjectPage(of_noun(pack), "packs.add"),
    "prices-one": ObjectPage(of_noun(price), "packs.view"),
    "prices-edit": ObjectPage(of_noun(price), "packs.change"),
    "prices-row": ObjectPage(of_noun(price), "packs.view"),
    "exchange-rates-one": SharedPage(of_noun(exchange_rate), "packs.view"),
    "exchange-rates-history": SharedPage(of_noun(exchange_rate), "audit.view"),
    "exchange-rates-change": ObjectPage(of_noun(exchange_rate), "packs.change", status=(404,)),
    "exchange-rates-delete": ObjectPage(of_noun(exchange_rate), "packs.delete", status=(404,)),
    "dealers-tree": OwnPage("dealers.view"),
    "dealers-branch": ObjectPage(the_dealer, "dealers.view"),
    "dealers-move": ObjectPage(the_dealer, "dealers.change"),
    "dealers-act-for": ObjectPage(the_dealer, "dealers.act_for", method="post", is_for_own_dealer=False),
    "act-for-stop": OwnPage(status=405),
    "rights": OwnPage(),
    "login-new-password": ObjectPage(login, "logins.change"),
    "login-reset-second-factor": ObjectPage(login, "logins.change"),
    "settings": OwnPage("settings.view"),
    "brand_stylesheet": OpenPage(),
    "brand_logo": OpenPage(),
    "api-reference": OwnPage(),
    "api-document": OpenPage(),
    "api-nothing": OpenPage(),
    "keys-revoke": ObjectPage(of_key, "keys.delete"),
    "delivery": ObjectPage(of_delivery, "webhooks.view"),
    "delivery-again": ObjectPage(of_delivery, "webhooks.change", method="post"),
}
"""By the name of the address."""
