"""Party files: what a file means, and how each mistake is told. No database is needed."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from smartswitch.cli.party.values import BEFORE_EVERYTHING, BandRow, PriceRow, Purse, TranslationRow
from smartswitch.cli.party_file import PartyFile, PartyFileError, parse_party_file, read_party_file
from smartswitch.core.money import Rounding
from smartswitch.core.pack import TaxMode

CASE = """
start = 2026-01-05T12:00:00Z

[[pack]]
id = "owner-to-d1"
owner = "owner"
currency = "USD"
decimals = 6
prices = [ { code = "44", price = "0.02", min = 1, increment = 1 } ]

[[pack]]
id = "d1-retail"
owner = "d1"
currency = "USD"
prices = [ { code = "44", price = "0.06" } ]

[[pack]]
id = "vendor"
owner = "owner"
currency = "EUR"
prices = [ { code = "44", price = "0.01" } ]

[[dealer]]
id = "d1"
parent = "owner"
pack = "owner-to-d1"
currency = "USD"
balance = "100"
credit_limit = "0"

[[peer]]
id = "p1"
dealer = "d1"
pack = "d1-retail"
balance = "10"
call_limit = 30
numbers = ["12123388100"]

[[terminator]]
id = "t1"
pack = "vendor"
codes = ["44", "1"]
priority = 20
"""


def read(text: str, directory: Path = Path("nowhere")) -> PartyFile:
    return parse_party_file(text, name="case.toml", directory=directory)


def complaints_of(text: str, directory: Path = Path("nowhere")) -> tuple[str, ...]:
    with pytest.raises(PartyFileError) as caught:
        read(text, directory)
    return caught.value.complaints


def test_a_case_of_the_contract_is_read() -> None:
    file = read(CASE)

    assert file.start == datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert [pack.id for pack in file.packs] == ["owner-to-d1", "d1-retail", "vendor"]
    assert file.packs[0].prices == (PriceRow(code="44", price_per_minute=2_000_000, first_price_per_minute=2_000_000),)
    assert file.packs[0].rounding is Rounding.HALF_UP
    assert file.dealers[0].purse == Purse(currency="USD", balance=100_000_000, credit_limit=0, call_limit=None)
    assert file.peers[0].purse == Purse(currency="USD", balance=10_000_000, credit_limit=0, call_limit=30)
    assert (file.peers[0].kind, file.peers[0].numbers) == ("originator", ("12123388100",))
    assert file.terminators[0].is_answering


def test_the_codes_of_a_terminator_are_routes_in_the_common_class() -> None:
    file = read(CASE)

    assert [(each.id, each.dealer) for each in file.route_classes] == [("common", "owner")]
    assert [(route.route_class, route.code, route.terminator, route.priority) for route in file.routes] == [
        ("common", "44", "t1", 20),
        ("common", "1", "t1", 20),
    ]


def test_events_are_read_in_milliseconds() -> None:
    file = read(
        CASE
        + """
        [[call]]
        id = "c1"
        at = 0.25
        from = "p1"
        to = "+44 7911"
        answer_after = 5
        hangup_after = 65
        [[call]]
        id = "c2"
        at = 1
        from = "outside"
        from_number = "+4420"
        to = "12123388100"
        [[topup]]
        at = 30
        to = "d1"
        amount = "-5"
        [[set_price]]
        at = 40
        pack = "d1-retail"
        code = "44"
        price = "0.05"
        [[block]]
        at = 50
        party = "d1"
        """
    )

    assert [(call.at_ms, call.answer_after_ms, call.hangup_after_ms) for call in file.calls] == [
        (250, 5_000, 65_000),
        (1_000, None, None),
    ]
    assert (file.calls[0].to, file.calls[1].from_number) == ("+44 7911", "4420")
    assert (file.topups[0].at_ms, file.topups[0].amount) == (30_000, -5_000_000)
    assert (file.set_prices[0].price_per_minute, file.set_prices[0].first_price_per_minute) == (5_000_000, None)
    assert (file.blocks[0].at_ms, file.blocks[0].party) == (50_000, "d1")


def test_dealers_stand_after_their_parents() -> None:
    file = read('[[dealer]]\nid = "b"\nparent = "a"\n[[dealer]]\nid = "a"\nparent = "owner"\n')

    assert [dealer.id for dealer in file.dealers] == ["a", "b"]


@pytest.mark.parametrize(
    ("fields", "currency"),
    [
        ('pack = "vendor"', "EUR"),
        ('inbound_pack = "vendor"', "EUR"),
        ('pack = "vendor"\ncurrency = "GBP"', "GBP"),
        ("", "USD"),
    ],
)
def test_a_currency_that_is_not_written_is_that_of_the_pack(fields: str, currency: str) -> None:
    file = read(f'{CASE}\n[[peer]]\nid = "p2"\ndealer = "owner"\n{fields}\n')

    assert file.peers[1].purse.currency == currency


def test_an_unlimited_credit_is_no_limit() -> None:
    assert read(CASE.replace('credit_limit = "0"', 'credit_limit = "unlimited"')).dealers[0].purse.credit_limit is None


def test_whole_numbers_may_be_written_without_quotes() -> None:
    assert read(CASE.replace('balance = "10"', "balance = 10")).peers[0].purse.balance == 10_000_000


def test_what_goes_beyond_the_contract_is_optional() -> None:
    file = read(
        CASE
        + """
        [owner]
        name = "Example Telecom"
        profit_control = "no_losses"
        [[company]]
        id = "acme"
        dealer = "d1"
        pack = "d1-retail"
        balance = "50"
        [[peer]]
        id = "u1"
        dealer = "d1"
        company = "acme"
        kind = "user"
        extension = "101"
        password = "a long one"
        addresses = ["192.0.2.0/24"]
        translations = [ { direction = "from_peer", pattern = "0(.{10})", replacement = '44\\1' } ]
        [[pack]]
        id = "banded"
        currency = "USD"
        tax = "20"
        time_zone = "Europe/London"
        bands = [ { name = "night", weekdays = ["mon", "tue"], start = "20:00", end = "24:00" } ]
        holidays = [2026-01-01]
        prices = [ { code = "44", price = "1" }, { code = "44", price = "0.5", band = "night" } ]
        [[route_class]]
        id = "d1-routes"
        dealer = "d1"
        base = "common"
        [[route]]
        class = "d1-routes"
        code = ""
        terminator = "t1"
        times = ["mon-tue 08:00-20:00"]
        [[hunting_class]]
        id = "cheapest"
        metrics = ["price"]
        [[exchange_rate]]
        from = "EUR"
        to = "USD"
        rate = "1.1"
        """
    )

    assert file.owner.profit_control == "no_losses"
    user = file.peers[1]
    assert (user.pays_from, user.username, user.extension) == ("company", "u1", "101")
    assert user.addresses[0].network == "192.0.2.0/24"
    assert user.translations == (
        TranslationRow(direction="from_peer", field="called", pattern="0(.{10})", replacement="44\\1"),
    )
    pack = file.packs[3]
    assert (pack.owner, pack.tax_mode, pack.tax_ppm, pack.holidays) == (
        "owner",
        TaxMode.ADDED,
        200_000,
        (date(2026, 1, 1),),
    )
    assert pack.bands == (BandRow(name="night", weekdays=(1, 2), start_minute=1200, end_minute=1440, is_holiday=False),)
    assert file.routes[2].week_minutes == ((480, 1200), (1920, 2640))
    assert file.routes[2].priority == 20
    assert file.exchange_rates[0].rate == 1_100_000_000


def test_prices_may_stand_in_a_file_beside(tmp_path: Path) -> None:
    (tmp_path / "uk.csv").write_text("price,code,grace,min\n0.03,4477,5,\n0.01,441,,30\n")
    path = tmp_path / "case.toml"
    path.write_text('[[pack]]\nid = "uk"\ncurrency = "GBP"\nprices_file = "uk.csv"\n')

    assert read_party_file(path).packs[0].prices == (
        PriceRow(code="4477", price_per_minute=3_000_000, first_price_per_minute=3_000_000, grace_s=5),
        PriceRow(code="441", price_per_minute=1_000_000, first_price_per_minute=1_000_000, min_s=30),
    )
    assert read_party_file(path).packs[0].prices[0].valid_from == BEFORE_EVERYTHING


@pytest.mark.parametrize(
    ("written", "instead", "complaint"),
    [
        ('pack = "d1-retail"', 'pack = "d1-retial"',
         '[[peer]] "p1": pack "d1-retial" is not a pack of this file (did you mean "d1-retail"?)'),
        ('dealer = "d1"', 'dealer = "d2"', '[[peer]] "p1": dealer "d2" is not a dealer of this file'),
        ('pack = "vendor"', 'pack = "none"', '[[terminator]] "t1": pack "none" is not a pack of this file'),
        ('owner = "d1"', 'owner = "d9"', '[[pack]] "d1-retail": owner "d9" is not a dealer of this file'),
        ('parent = "owner"', 'parent = "d1"', '[[dealer]] "d1": parent: it stands above itself: d1 > d1'),
        ('id = "p1"', 'id = "d1"', '[[peer]] "d1": the id is that of a dealer already; choose another'),
        ('id = "p1"', 'id = "owner"', '[[peer]] "owner": id: "owner" has a meaning of its own; choose another id'),
        ('id = "vendor"', 'id = "d1-retail"', '[[pack]] "d1-retail": it stands twice; each must be different'),
        ('id = "p1"', "", "[[peer]] 1: the field id is missing"),
        ('id = "p1"', 'id = "p 1"', '[[peer]] "p 1": id: "p 1" is not an id; '
         "use up to 64 letters, digits and . _ @ -, and begin with a letter or a digit"),
        ('balance = "10"', "balance = 10.5",
         '[[peer]] "p1": balance: 10.5 is a binary fraction, which is never exact; write it in quotes: "10.5"'),
        ('balance = "10"', 'balance = "1,5"',
         "[[peer]] \"p1\": balance: '1,5' is not a decimal number; write a point, not a comma"),
        ('balance = "10"', 'balance = "-1"', '[[peer]] "p1": balance: it is below what the credit limit allows'),
        ('balance = "10"', 'balence = "10"', '[[peer]] "p1": there is no field balence (did you mean "balance"?)'),
        ('credit_limit = "0"', 'credit_limit = "-1"',
         '[[dealer]] "d1": credit_limit: -1 is negative; a limit of "5" lets the balance go down to -5'),
        ("call_limit = 30", "call_limit = -1", '[[peer]] "p1": call_limit: -1 is not from 0 to 1000000'),
        ("call_limit = 30", "call_limit = true", '[[peer]] "p1": call_limit: true is not a whole number (without quotes)'),
        ('currency = "EUR"', 'currency = "eur"',
         "[[pack]] \"vendor\": currency: 'eur' is not a currency code of three capital letters, as in USD"),
        ("decimals = 6", "decimals = 7", '[[pack]] "owner-to-d1": decimals: 7 is not from 0 to 6'),
        ("decimals = 6", 'rounding = "half"',
         '[[pack]] "owner-to-d1": rounding: "half" is unknown; choose one of up, down, half-up, half-even'),
        ('code = "44", price = "0.06"', 'code = "+44", price = "0.06"',
         '[[pack]] "d1-retail": prices 1 "+44": code: "+44" is not a code of 1 to 15 digits, without + or spaces'),
        ('code = "44", price = "0.06"', 'code = "44"', '[[pack]] "d1-retail": prices 1 "44": the field price is missing'),
        ('code = "44", price = "0.06"', 'code = "44", price = "0.06", increment = 0',
         '[[pack]] "d1-retail": prices 1 "44": increment: 0 is not from 1 to 86400'),
        ('{ code = "44", price = "0.06" }', '{ code = "44", price = "1" }, { code = "44", price = "2" }',
         '[[pack]] "d1-retail": prices 2 "44": the same code stands at 1; keep one of them'),
        ('numbers = ["12123388100"]', 'numbers = ["0800"]',
         '[[peer]] "p1": numbers: item 1: "0800" is not a number of 3 to 15 digits in international form'),
        ('numbers = ["12123388100"]', 'numbers = "12123388100"',
         '[[peer]] "p1": numbers: "12123388100" is not a list; write it in brackets, as in [ ... ]'),
        ("start = 2026-01-05T12:00:00Z", "start = 2026-01-05T12:00:00",
         "start: 2026-01-05T12:00:00 has no time zone; write Z at its end for UTC"),
        ("[[terminator]]", "[terminator]",
         "[terminator]: write it with two brackets, [[terminator]], since there may be several"),
        ("[[terminator]]", "[[terminater]]", 'there is no section terminater (did you mean "terminator"?)'),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(written: str, instead: str, complaint: str) -> None:
    assert written in CASE
    assert f"case.toml: {complaint}" in complaints_of(CASE.replace(written, instead, 1))


@pytest.mark.parametrize(
    ("event", "complaint"),
    [
        ('[[call]]\nid = "c"\nat = -1\nfrom = "p1"\nto = "44"', '[[call]] "c": at: -1 is before the start of the case'),
        ('[[call]]\nid = "c"\nat = 0\nfrom = "p1"\nto = "44"\nanswer_after = 9\nhangup_after = 5',
         '[[call]] "c": hangup_after is before answer_after; both are seconds from `at`'),
        ('[[call]]\nid = "c"\nat = 0\nfrom = "px"\nto = "44"',
         '[[call]] "c": from "px" is not a peer or a terminator (or "outside") of this file'),
        ('[[call]]\nid = "c"\nat = "0"\nfrom = "p1"\nto = "44"',
         '[[call]] "c": at: "0" is not a number of seconds (without quotes)'),
        ('[[call]]\nid = "c"\nat = 0.0001\nfrom = "p1"\nto = "44"',
         "[[call]] \"c\": at: '0.0001' has more than 3 decimals; a moment is seconds, with at most three decimals"),
        ('[[topup]]\nat = 0\nto = "t1"\namount = "1"',
         '[[topup]] 1: to "t1" is not a peer, a company or a dealer of this file'),
        ('[[topup]]\nat = 0\nto = "p1"\namount = "0"',
         "[[topup]] 1: amount: 0 moves nothing; write an amount, negative to take it off"),
        ('[[set_price]]\nat = 0\npack = "x"\ncode = "44"\nprice = "1"',
         '[[set_price]] 1: pack "x" is not a pack of this file'),
        ('[[block]]\nat = 0\nparty = "nobody"', '[[block]] 1: party "nobody" is not a peer or a dealer of this file'),
        ('[[dealer]]\nid = "a"\nparent = "b"\n[[dealer]]\nid = "b"\nparent = "a"',
         '[[dealer]] "a": parent: it stands above itself: a > b > a'),
        ('[[dealer]]\nid = "d2"\npack = "d1-retail"',
         '[[dealer]] "d2": pack "d1-retail" belongs to "d1", who is not above it'),
        ('[[peer]]\nid = "p2"\ndealer = "d1"\nnumbers = ["12123388100"]',
         '[[peer numbers]] "12123388100": it stands twice; each must be different'),
    ],
)  # fmt: skip
def test_a_mistake_in_an_event_or_a_reference_is_told(event: str, complaint: str) -> None:
    assert f"case.toml: {complaint}" in complaints_of(f"{CASE}\n{event}\n")


def test_all_mistakes_are_told_at_once() -> None:
    text = (
        CASE.replace('balance = "10"', 'balance = "x"')
        .replace('currency = "EUR"', "")
        .replace('"d1-retail"', '"d1"', 1)
    )

    assert complaints_of(text) == (
        'case.toml: [[pack]] "vendor": the field currency is missing',
        "case.toml: [[peer]] \"p1\": balance: 'x' is not a decimal number",
        'case.toml: [[peer]] "p1": pack "d1-retail" is not a pack of this file',
    )


def test_a_mistake_of_toml_names_the_line() -> None:
    (complaint,) = complaints_of('[[peer]]\nid = "p1\n')

    assert complaint.startswith("case.toml: it is not TOML: ")
    assert "line 2" in complaint


@pytest.mark.parametrize(
    ("csv", "complaint"),
    [
        ("code,price\n44,x\n", "uk.csv line 2: price: 'x' is not a decimal number"),
        ("code,price,min\n44,1,1.5\n", 'uk.csv line 2: min: "1.5" is not a whole number (without quotes)'),
        ("code,prise\n44,1\n", 'prices_file: uk.csv line 1: there is no column "prise" (did you mean "price"?)'),
        ("code,price\n44\n", "prices_file: uk.csv line 2: it has 1 cells, the header 2"),
    ],
)
def test_a_mistake_in_a_file_of_prices_names_the_line(tmp_path: Path, csv: str, complaint: str) -> None:
    (tmp_path / "uk.csv").write_text(csv)

    text = '[[pack]]\nid = "uk"\ncurrency = "GBP"\nprices_file = "uk.csv"\n'

    assert complaints_of(text, tmp_path) == (f'case.toml: [[pack]] "uk": {complaint}',)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PartyFileError, match=r"none\.toml: it cannot be read: No such file or directory"):
        read_party_file(tmp_path / "none.toml")
