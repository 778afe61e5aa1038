"""A customer's login: its own calls, its own money, and nothing of the dealer who serves it or of his other customers."""

import re
from typing import Any

import psycopg
import pytest

from ..house import NOW, House, web_account_at

CUSTOMERS: dict[str, tuple[str, dict[str, str]]] = {
    "company": ("city", {"company": "corner-shop"}),
    "its phone": ("city", {"peer": "shop-phone"}),
    "card": ("city", {"peer": "prepaid-card"}),
    "office": ("north", {"peer": "direct"}),
}
OF_THE_SHOP = {"sold at every level", "hostile", "busy", "refused above"}
CALLS = {"company": OF_THE_SHOP, "its phone": OF_THE_SHOP, "card": {"no credit"}, "office": {"direct", "no route"}}
ENDED = ("stranger", "sold at every level", "direct", "hostile", "busy", "no credit", "refused above", "no route")
LIVE = {"company": 1, "its phone": 1, "card": 0, "office": 1}
SECRETS = {
    "city": ("North Communications", "north", "Example Telecom", "arrier", "South", "owner", "Resale", "Wholesale"),
    "north": ("Example Telecom", "arrier", "South", "owner", "Wholesale", "City Net"),
}  # fmt: skip
BUYING_PRICES = ("0.0125", "0.015625", "0.01562", "0.045", "0.008 ")
"""What City pays North for the calls of the shop, and what North pays the owner."""
PAGES = (
    "/", "/today", "/live", "/calls", "/calls?export=csv", "/search?q=4479", "/search?q=co", "/password", "/peers", "/packs",
    "/payments",
)  # fmt: skip
NEVER_FOLLOWED = (
    "/logout",
    "/calls?",
    "/peers?",
    "/packs?",
    "/payments?",
    "/exchange-rates?",
    "/static/",
    "#",
    "mailto:",
)
"""Links that end the session, that lead to the same page in another order, or away."""


@pytest.fixture(params=CUSTOMERS)
def customer(request) -> str:
    return request.param


@pytest.fixture
def client(browse, customer) -> Any:
    dealer, of_customer = CUSTOMERS[customer]
    return browse(dealer, **of_customer)


@pytest.fixture
def person(viewer, customer) -> Any:
    dealer, of_customer = CUSTOMERS[customer]
    return viewer(dealer, **of_customer)


def rewrite(house: House, statement: str, *values: object) -> None:
    """Tell another story of a call that ended; what is written is written, so the triggers that refuse it are left aside."""
    with psycopg.connect(house.url, options="-c session_replication_role=replica") as connection:
        connection.execute(statement, values)


def own_balance(house: House, customer: str) -> int:
    """The balance from which a customer pays."""
    party = {"company": "corner-shop", "its phone": "corner-shop", "card": "prepaid-card", "office": "direct"}[customer]
    kind = "company" if party == "corner-shop" else "peer"
    return house.row("SELECT id FROM balance WHERE party = %s AND kind = %s", party, kind)["id"]


def test_only_its_own_calls_are_found(house: House, client, customer) -> None:
    answers = {name: client.get(f"/calls/{house.seeded.calls[name]}").status_code for name in ENDED}
    page = client.get("/calls?rows=50").content.decode()

    assert answers == {name: 200 if name in CALLS[customer] else 404 for name in ENDED}
    assert len(re.findall(r'<tr id="call-', page)) == len(CALLS[customer])


@pytest.mark.parametrize("role", ["smartswitch_web", None])
def test_the_selectors_keep_to_the_customer_with_and_without_row_security(house: House, person, customer, role) -> None:
    from smartswitch.web.dashboard.selectors.calls import last_calls, legs_of_call
    from smartswitch.web.dashboard.selectors.live import live_calls
    from smartswitch.web.dashboard.selectors.today import today
    from smartswitch.web.login.viewer import act_for

    def look() -> tuple[Any, ...]:
        listed = last_calls(person, now=NOW, most=50)
        opened = {name for name in ENDED if legs_of_call(person, house.seeded.calls[name])}
        return listed.legs, opened, live_calls(person).total, today(person, now=NOW).calls

    if role is None:
        from django.db import transaction

        with web_account_at(house.url, role=None), transaction.atomic():
            act_for(person, request_id="a test")
            legs, opened, live, calls = look()
    else:
        legs, opened, live, calls = look()

    assert {leg.call_id for leg in legs} == {house.seeded.calls[name] for name in CALLS[customer]}
    assert opened == CALLS[customer]
    assert (live, calls) == (LIVE[customer], len(CALLS[customer]))
    assert {(leg.margin, leg.terminator, leg.attempts) for leg in legs} == {(None, None, ())}


@pytest.mark.parametrize(("customer", "name", "charges"), [
    ("company", "sold at every level", [("corner-shop", "city", 90_000)]),
    ("its phone", "sold at every level", [("corner-shop", "city", 90_000)]),
    ("office", "direct", [("direct", "north", 12_000)]),
    ("card", "no credit", []),
], indirect=["customer"])  # fmt: skip
def test_a_call_has_the_customers_own_charge_and_no_other(house: House, person, name, charges) -> None:
    from smartswitch.web.dashboard.presentation import LegView
    from smartswitch.web.dashboard.selectors.calls import legs_of_call

    (leg,) = legs_of_call(person, house.seeded.calls[name])

    assert [(charge.payer, charge.seller, charge.amount) for charge in leg.charges] == charges
    assert {each.relation.value for each in LegView.of(leg, person).charges} <= {"paid"}


def test_nothing_of_the_levels_above_stands_on_a_page(house: House, client, customer) -> None:
    pages = [
        client.get(address).getvalue().decode() for address in (*PAGES, f"/balances/{own_balance(house, customer)}")
    ]
    pages += [client.get(f"/calls/{house.seeded.calls[name]}").content.decode() for name in CALLS[customer]]

    for page in pages:
        words = re.sub(r"<[^>]+>", " ", page)
        for secret in (*SECRETS[CUSTOMERS[customer][0]], "argin", "Sold", "level by level", "Routes tried"):
            assert secret not in words
        if customer != "office":
            assert [words[words.index(price) - 60 :][:120] for price in BUYING_PRICES if price in words] == []


@pytest.mark.parametrize("customer", ["company", "its phone"], indirect=True)
def test_the_dashboard_tells_what_is_left_and_what_was_spent(person) -> None:
    from smartswitch.web.dashboard.selectors.balances import own_holdings
    from smartswitch.web.dashboard.selectors.live import live_calls
    from smartswitch.web.dashboard.selectors.today import Margin, today

    (holding,) = own_holdings(person)
    (call,) = live_calls(person).calls
    spent = (
        90_000 + 120_000
    )  # Two minutes at 0.03, one at 0.09, each with a fee of 0.01 and 20 % of tax, rounded up to cents.

    assert (holding.currency, holding.amount, holding.held) == ("USD", 200_000_000 - spent, call.held)
    assert (call.held, call.currency) == (200_000, "USD")  # 300 s at 0.03 a minute, the fee, 20 % of tax, rounded up
    assert today(person, now=NOW).margins == (Margin(currency="USD", sold=0, paid=spent),)


def test_a_dealer_that_ran_dry_is_not_told_of(house: House, browse) -> None:
    address = f"/calls/{house.seeded.calls['refused above']}"
    rewrite(house, "UPDATE cdr SET refused_by = 'city' WHERE call_id = %s", house.seeded.calls["refused above"])
    at_shop, at_city = browse("city", company="corner-shop").get(address), browse("city").get(address)
    rewrite(house, "UPDATE cdr SET refused_by = 'north' WHERE call_id = %s", house.seeded.calls["refused above"])

    assert "city: The balance has not enough money" in at_city.content.decode()
    assert "The switch could not take the call." in at_shop.content.decode()
    assert "enough money" not in at_shop.content.decode()


def test_ones_own_empty_balance_is_told(house: House, browse) -> None:
    page = browse("city", peer="prepaid-card").get(f"/calls/{house.seeded.calls['no credit']}").content.decode()

    assert "prepaid-card: The balance has not enough money for the first seconds of the call." in page


def test_a_call_without_profit_is_told_to_the_dealer_only(house: House, browse) -> None:
    call = house.seeded.calls["no route"]
    rewrite(house, "UPDATE cdr SET reason = 'no_profit' WHERE call_id = %s", call)
    at_office, at_north = (
        browse("north", **who).get(f"/calls/{call}").content.decode() for who in ({"peer": "direct"}, {})
    )
    rewrite(house, "UPDATE cdr SET reason = 'no_route' WHERE call_id = %s", call)

    assert "profit" not in at_office
    assert "profit control forbids that" in at_north


def test_where_a_call_to_ones_phone_came_from_is_not_told(house: House, browse) -> None:
    call = house.seeded.calls["direct"]
    own = browse("north", peer="direct").get(f"/calls/{call}").content.decode()
    rewrite(house, "UPDATE cdr SET direction = 'inbound' WHERE call_id = %s", call)
    inbound = browse("north", peer="direct").get(f"/calls/{call}").content.decode()
    rewrite(house, "UPDATE cdr SET direction = 'outbound' WHERE call_id = %s", call)

    assert "192.0.2.10:5060" in own
    assert "192.0.2.10" not in inbound


def test_of_all_balances_only_its_own_is_there_and_nobody_pays_into_it_by_himself(
    house: House, client, customer
) -> None:
    own = own_balance(house, customer)
    phone = house.row("SELECT balance_id AS id FROM peer WHERE key = 'shop-phone'")["id"]
    every = house.row("SELECT array_agg(id) AS ids FROM balance")["ids"]
    opened = {balance for balance in every if client.get(f"/balances/{balance}").status_code == 200}
    paid = client.post(f"/balances/{own}/pay", {"kind": "payment", "amount": "1000"}).status_code

    assert opened - {phone} == {own}
    assert (phone in opened) <= (customer in ("company", "its phone"))
    assert paid in (302, 403, 404)
    assert house.row("SELECT count(*) AS n FROM ledger_transfer WHERE amount = 1000000000")["n"] == 0


def test_who_entered_a_payment_is_not_told_to_customers(house: House, browse) -> None:
    own = own_balance(house, "company")
    page = browse("city", company="corner-shop").get(f"/balances/{own}").content.decode()

    assert "200.00" in re.sub(r"<[^>]+>", "", page)
    assert "Entered by" not in page
    assert "a test" not in page
    assert "Entered by" in browse("city").get(f"/balances/{own}").content.decode()


def test_calls_cannot_be_tried_out_or_ended_by_customers(house: House, client) -> None:
    live = house.seeded.calls["talking"]

    assert client.get("/check").status_code == 403
    assert client.post(f"/live/{live}/hang-up").status_code in (403, 404)


def test_no_page_of_the_dealer_opens(house: House, client) -> None:
    """Customers are told that they cannot have the right; what names an object is not found."""
    from smartswitch.web.nouns.registry import load_nouns

    refused = ["/balances", "/settings"]
    listed = [noun for noun in load_nouns().values() if noun.parent is None]
    refused += [f"/{noun.name}" for noun in listed if noun.right not in ("peers", "packs", "calls", "balances")]
    answers = {address: client.get(address) for address in refused}

    assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(refused, 403)
    assert "Customers cannot have this right. Ask" in answers["/settings"].content.decode()
    for dealer in house.seeded.dealers.values():
        assert client.get(f"/dealers/{dealer}").status_code in (403, 404)
        assert client.post(f"/dealers/{dealer}/change", {"name": "taken over"}).status_code in (403, 404)
    assert client.post("/settings", {"name": "taken over", "time_zone": "UTC"}).status_code == 403
    assert house.row("SELECT count(*) AS n FROM dealer WHERE name = 'taken over'")["n"] == 0


def test_every_link_that_a_customer_sees_leads_to_a_page_that_opens(client) -> None:
    seen, waiting, refused = set(), ["/"], {}
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith(NEVER_FOLLOWED):
            continue
        seen.add(address)
        answer = client.get(address, follow=True)
        if answer.status_code != 200:
            refused[address] = answer.status_code
        elif "text/html" in answer.headers["Content-Type"]:
            waiting += re.findall(r'<a [^>]*href="(/[^"]*)"', answer.content.decode().replace("&amp;", "&"))

    assert refused == {}
    assert any(re.fullmatch(r"/peers/[0-9]+", address) for address in seen)


def test_the_menu_of_a_customer_has_its_own_pages_only(client) -> None:
    page = client.get("/").content.decode()
    menu = page[page.index('id="menu"') : page.index("</nav>")]

    assert set(re.findall(r'<a[^>]* href="([^"]+)"', menu)) <= {
        "/",
        "/live",
        "/calls",
        "/peers",
        "/packs",
        "/balances/own",
    }
    assert 'href="/calls"' in menu


def test_a_role_narrows_a_customer_further(house: House, browse) -> None:
    house.run("INSERT INTO role (key, dealer_id) VALUES ('blind', %s)", house.seeded.dealers["city"])
    blind = browse("city", company="corner-shop", role="blind")

    assert {blind.get(address).status_code for address in ("/calls", "/live", "/today")} == {403}
    assert blind.get("/").status_code == 200


@pytest.mark.parametrize("customer", ["company", "card"], indirect=True)
def test_row_security_hides_the_rest_of_the_house(person, customer) -> None:
    from django.db import connection

    of_the_house = dict.fromkeys(("right_grant", "role", "route", "terminator", "audit_entry", "brand"), 0)
    rows = (
        of_the_house
        | {
            "company": {
                "dealer": 1,
                "company": 1,
                "peer": 1,
                "balance": 2,
                "cdr": 4,
                "charge": 2,
                "open_leg": 1,
                "billing_pack": 1,
            },
            "card": {
                "dealer": 1,
                "company": 0,
                "peer": 1,
                "balance": 1,
                "cdr": 1,
                "charge": 0,
                "open_leg": 0,
                "billing_pack": 1,
            },
        }[customer]
    )
    seen = {}
    with connection.cursor() as cursor:
        for table in rows:
            cursor.execute(f"SELECT count(*) FROM {table}")
            seen[table] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM login WHERE company_id IS NULL AND peer_id IS NULL")
        logins_of_dealers = cursor.fetchone()[0]

    assert logins_of_dealers == 0
    assert seen == rows


def test_what_does_not_depend_on_a_row_is_asked_once_a_statement(person) -> None:
    """The parties of a customer are found by a plan of their own, before the rows are looked through."""
    from django.db import connection

    for table in ("cdr", "charge", "balance", "peer"):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN SELECT * FROM {table}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "InitPlan" in plan
        assert not re.search(r"Filter:.*party_(peers|balances)\(", plan), plan
