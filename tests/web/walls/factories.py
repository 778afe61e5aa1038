"""How to make one object of each noun for a dealer, as the schema's owner. A noun without a factory fails the tests.

A factory takes the family, the dealer's id and the relation's name (for keys that are nobody else's), and returns the id.
"""

from collections.abc import Callable

from .family import Family

Factory = Callable[[Family, int, str], int]


def company(family: Family, dealer: int, relation: str) -> int:
    """A company with its balance."""
    key = family.key("company", relation)
    balance = family.value(
        "INSERT INTO balance (dealer_id, kind, party, currency) VALUES (%s, 'company', %s, 'USD') RETURNING id",
        dealer,
        key,
    )
    return family.value(
        "INSERT INTO company (key, dealer_id, balance_id) VALUES (%s, %s, %s) RETURNING id", key, dealer, balance
    )


def dealer(_family: Family, dealer: int, _relation: str) -> int:
    """The dealer itself."""
    return dealer


def pack(family: Family, dealer: int, relation: str) -> int:
    """An empty billing pack."""
    return family.tree.pack(family.key("pack", relation), dealer)


def payment(family: Family, dealer: int, relation: str) -> int:
    """A payment of the dealer; it has no page of its own."""
    balance = family.value("SELECT balance_id FROM dealer WHERE id = %s", dealer)
    counter = family.value(
        "INSERT INTO balance (dealer_id, kind, party, currency) VALUES (%s, 'payments', %s, 'USD') RETURNING id",
        dealer, family.key("payments", relation),
    )  # fmt: skip
    family.run(
        "INSERT INTO ledger_transfer (id, tenant_id, created_at, kind, debit_balance_id, credit_balance_id, amount,"
        " currency, actor) VALUES (gen_random_uuid(), 0, now(), 'payment', %s, %s, 1, 'USD', 'test')", counter, balance,
    )  # fmt: skip
    return 0


def peer(family: Family, dealer: int, relation: str) -> int:
    """A user with its balance."""
    return family.tree.peer(family.key("peer", relation), dealer, "user")


def terminator(family: Family, dealer: int, relation: str) -> int:
    """A terminator; in truth only the owner has any."""
    key = family.key("terminator", relation)
    made = family.tree.peer(key, dealer, "terminator")
    pack = family.tree.pack(f"{key}-pack", dealer)
    family.run("INSERT INTO terminator (peer_id, host, pack_id) VALUES (%s, '192.0.2.1', %s)", made, pack)
    return made


def _rule(family: Family, peer_id: int | None) -> int:
    return family.value("INSERT INTO peer_address (peer_id, network) VALUES (%s, '192.0.2.0/24') RETURNING id", peer_id)


def _pattern(family: Family, peer_id: int) -> int:
    return family.value(
        "INSERT INTO number_translation (peer_id, direction, field, pattern)"
        " VALUES (%s, 'from_peer', 'called', '9') RETURNING id",
        peer_id,
    )


def address(family: Family, dealer: int, relation: str) -> int:
    """A rule of a peer's address list."""
    return _rule(family, family.tree.peer(family.key("at-address", relation), dealer, "originator"))


def terminator_address(family: Family, dealer: int, relation: str) -> int:
    """A rule of a terminator's address list."""
    return _rule(family, terminator(family, dealer, f"at-address-{relation}"))


def address_rule(family: Family, _dealer: int, _relation: str) -> int:
    """A rule for everybody, which is nobody's but the owner's."""
    return _rule(family, None)


def pattern(family: Family, dealer: int, relation: str) -> int:
    """A number translation of a peer."""
    return _pattern(family, family.tree.peer(family.key("with-pattern", relation), dealer, "originator"))


def terminator_pattern(family: Family, dealer: int, relation: str) -> int:
    """A number translation of a terminator."""
    return _pattern(family, terminator(family, dealer, f"with-pattern-{relation}"))


def number(family: Family, dealer: int, relation: str) -> int:
    """A number that leads to a peer of the dealer."""
    made = family.tree.peer(family.key("with-number", relation), dealer, "user")
    digits = f"4420{made:08d}"
    return family.value(
        "INSERT INTO did (number, peer_id, dealer_id) VALUES (%s, %s, %s) RETURNING id", digits, made, dealer
    )


def price(family: Family, dealer: int, relation: str) -> int:
    """A price of a pack of its own."""
    return family.tree.price(pack(family, dealer, f"{relation}-with-price"), "44")


def time_band(family: Family, dealer: int, relation: str) -> int:
    """A time band of a pack of its own."""
    return family.value(
        "INSERT INTO time_band (pack_id, name, weekdays) VALUES (%s, 'peak', '{1,2,3}') RETURNING id",
        pack(family, dealer, f"{relation}-with-band"),
    )


def holiday(family: Family, dealer: int, relation: str) -> int:
    """A holiday of a pack of its own."""
    return family.value(
        "INSERT INTO holiday (pack_id, day) VALUES (%s, '2030-01-01') RETURNING id",
        pack(family, dealer, f"{relation}-with-holiday"),
    )


def exchange_rate(family: Family, _dealer: int, _relation: str) -> int:
    """An exchange rate; all are everybody's to see."""
    return family.value(
        "INSERT INTO exchange_rate (from_currency, to_currency, rate, valid_from)"
        " VALUES ('USD', 'EUR', 900000000, clock_timestamp()) RETURNING id"
    )


def route_class(family: Family, dealer: int, relation: str) -> int:
    """An empty route class."""
    return family.value(
        "INSERT INTO route_class (key, dealer_id) VALUES (%s, %s) RETURNING id",
        family.key("route-class", relation), dealer,
    )  # fmt: skip


def route(family: Family, dealer: int, relation: str) -> int:
    """A route to a terminator, both of the dealer."""
    peer = family.tree.peer(family.key("carrier", relation), dealer, "terminator")
    family.run("INSERT INTO terminator (peer_id, host) VALUES (%s, '192.0.2.7')", peer)
    return family.value(
        "INSERT INTO route (route_class_id, code, terminator_id) VALUES (%s, '44', %s) RETURNING id",
        route_class(family, dealer, f"{relation}-with-route"), peer,
    )  # fmt: skip


def hunting_class(family: Family, dealer: int, relation: str) -> int:
    """A hunting class."""
    return family.value(
        "INSERT INTO hunting_class (key, dealer_id) VALUES (%s, %s) RETURNING id",
        family.key("hunting-class", relation), dealer,
    )  # fmt: skip


def login(family: Family, dealer: int, relation: str) -> int:
    """A person of the dealer."""
    return family.value(
        "INSERT INTO login (username, password, dealer_id) VALUES (%s, 'x', %s) RETURNING id",
        family.key("login", relation), dealer,
    )  # fmt: skip


def role(family: Family, dealer: int, relation: str) -> int:
    """A role that allows nothing."""
    return family.value(
        "INSERT INTO role (key, dealer_id) VALUES (%s, %s) RETURNING id", family.key("role", relation), dealer
    )


def api_key(family: Family, dealer: int, relation: str) -> int:
    """A key of a login of the dealer."""
    return family.value(
        "WITH l AS (INSERT INTO login (username, password, dealer_id)"
        " VALUES (%s || nextval('login_id_seq'), '!', %s) RETURNING id, dealer_id)"
        " INSERT INTO api_key (dealer_id, login_id, name, prefix, secret_sha256, scopes)"
        " SELECT dealer_id, id, 'a program', 'ss_walls', encode(sha256((%s || id::text)::bytea), 'hex'), '{}' FROM l"
        " RETURNING id",
        family.key("login", relation), dealer, relation,
    )  # fmt: skip


def webhook(family: Family, dealer: int, relation: str) -> int:
    """A webhook."""
    return family.value(
        "INSERT INTO webhook (dealer_id, name, url, events, secret_encrypted)"
        " VALUES (%s, %s, 'https://example.com/', '{}', 'x') RETURNING id",
        dealer, family.key("webhook", relation),
    )  # fmt: skip


def delivery(family: Family, dealer: int, relation: str) -> int:
    """A delivery of a webhook."""
    return family.value(
        "INSERT INTO webhook_delivery (webhook_id, event, subject, payload)"
        " VALUES (%s, 'call.ended', 'x', '{}') RETURNING id",
        webhook(family, dealer, relation),
    )


FACTORIES: dict[str, Factory] = {
    "address-rules": address_rule,
    "addresses": address,
    "companies": company,
    "deliveries": delivery,
    "keys": api_key,
    "webhooks": webhook,
    "dealers": dealer,
    "numbers": number,
    "packs": pack,
    "payments": payment,
    "patterns": pattern,
    "peers": peer,
    "terminator-addresses": terminator_address,
    "terminator-patterns": terminator_pattern,
    "terminators": terminator,
    "exchange-rates": exchange_rate,
    "holidays": holiday,
    "hunting-classes": hunting_class,
    "prices": price,
    "route-classes": route_class,
    "routes": route,
    "time-bands": time_band,
    "logins": login,
    "roles": role,
}
"""By the name of the noun."""
