"""The whole story in real browsers before the whole real system: a dealer is made, makes his own, and a phone calls.

Owner, dealer (north), sub-dealer (city) and a sibling (south) each do and see their part. Everything is made with pages;
only the machines and the phone are started by the test. A call costs, a minute and at once: the shop pays city 3 and a
connect fee of 0.10, city pays north 1.80, north pays the owner 1.20, the owner pays the carrier 0.60.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from smartswitch.runtime.config import Address

from ..sip.baresip import Baresip
from ..sip.sipp import Sipp
from ..system.whole_system import COMMAND, command, environment_in, running
from .conftest import keep
from .person import PATIENCE_MS, Person

CALLED, CALLED_SHOWN = "447911123456", "+447911123456"
LONGEST_CALL_S = 240
TEN_MINUTES_PASS = """
import os, sys
import django
from smartswitch.runtime.config import read_config
from smartswitch.runtime.postgres import open_postgres
with open_postgres(read_config()) as url:
    os.environ |= {"SMARTSWITCH_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "smartswitch.web.config.settings"}
    django.setup()
    from django.contrib.sessions.backends.db import SessionStore
    session = SessionStore(sys.argv[1])
    session["identity_shown_at"] -= 601
    session.save()
"""


@dataclass
class Town:
    """The running system and the people in it."""

    environment: dict[str, str]
    address: str
    browser: Browser
    carrier: Address
    passwords: dict[str, str] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)

    def comes(self, username: str) -> Person:
        """Somebody logs in."""
        person = Person.coming(self.browser, self.address, username, self.passwords[username])
        self.people.append(person)
        return person

    def ten_minutes_pass(self, person: Person) -> None:
        """For the server it is long ago that this person has shown who he is."""
        (key,) = [each["value"] for each in person.page.context.cookies() if each["name"] == "sessionid"]
        subprocess.run([sys.executable, "-c", TEN_MINUTES_PASS, key], env=self.environment, check=True)


@pytest.fixture
def town(postgres_directory: Path, tmp_path: Path, browser: Browser) -> Iterator[Town]:
    """Everything that `smartswitch up` starts, a carrier that answers, and the first login."""
    environment = environment_in(postgres_directory)
    with ExitStack() as stack:
        carrier = stack.enter_context(Sipp("callee", directory=tmp_path, timeout_s=LONGEST_CALL_S))
        _child, said = stack.enter_context(running(environment))
        made = Town(environment, said["web"].rstrip("/"), browser, carrier.address)
        made.passwords["olga"] = command(environment, "login", "add", "olga", "--dealer", "owner")["password"]
        yield made
        for person in made.people:
            keep(person.page, f"story-last-of-{person.username}")
            person.page.context.close()


def make_pack(person: Person, key: str, price: str, **more: str) -> None:
    """A price list with one price for British numbers, charged by whole minutes."""
    person.opens("Billing packs")
    person.follows("New billing pack")
    person.fills(key=key)
    person.saves()
    person.follows("Prices")
    person.follows("New price")
    person.types("Code", "44")
    person.types("Price per minute", price)
    person.types("First block, seconds", "60")
    person.types("Steps, seconds", "60")
    person.fills(**more)
    person.saves()


def make_login(person: Person, username: str) -> str:
    """From the page of a dealer: a login of that dealer; its password, which is shown once."""
    person.follows("New login")
    person.types("User name", username)
    person.presses("Create")
    password = person.sees(person.page.locator("#password-once")).inner_text()
    keep(person.page, f"story-login-of-{username}")
    person.follows("I have it")
    person.reads(person.page.locator("h1"), username)
    return password


def make_carrier(olga: Person, carrier: Address) -> None:
    """What the owner buys, of whom, and which calls go there."""
    make_pack(olga, "carrier-buy", "0.60")
    olga.opens("Terminators")
    olga.follows("New terminator")
    olga.fills(key="carrier", billing_pack="carrier-buy", host=carrier.host, port=str(carrier.port))
    olga.saves()
    olga.opens("Route classes")
    olga.follows("common")
    olga.follows("Routes")
    olga.follows("New route")
    olga.fills(code="44", terminator="carrier")
    olga.saves()
    keep(olga.page, "story-routes")


def make_dealer(person: Person, key: str, name: str, pack: str, *, credit_limit: str = "0") -> None:
    person.opens("Dealers")
    person.follows("New dealer")
    person.fills(key=key, name=name, billing_pack=pack, credit_limit=credit_limit)
    person.types("Calls at a time", "20")


def owner_prepares(town: Town) -> Person:
    """The owner buys of a carrier, sells to two dealers, and gives each a login."""
    olga = town.comes("olga")
    make_carrier(olga, town.carrier)
    make_pack(olga, "wholesale", "1.20")
    for key, name, username in (("north", "North Telecom", "nora"), ("south", "South Telecom", "sam")):
        make_dealer(olga, key, name, "wholesale", credit_limit="50")
        keep(olga.page, f"story-new-dealer-{key}")
        olga.saves()
        keep(olga.page, f"story-dealer-{key}")
        town.passwords[username] = make_login(olga, username)
    return olga


def dealer_makes_a_dealer(town: Town) -> Person:
    """North sells to City at its own prices, with fewer rights, and takes money of it."""
    nora = town.comes("nora")
    keep(nora.page, "story-first-day-of-north")
    make_pack(nora, "north-resale", "1.80")
    make_dealer(nora, "city", "City Net", "north-resale")
    nora.saves()
    nora.follows("Rights")
    tick(nora, "keys.add", is_ticked=False)
    nora.presses("Save")
    nora.reads(nora.main.get_by_role("status"), "The rights of City Net are saved.")
    nora.follows("Overview")
    nora.follows("Change")
    nora.types("Calls at a time", "30")
    nora.saves("Save")
    town.passwords["cora"] = make_login(nora, "cora")

    nora.opens("Dealers")
    nora.follows("city")
    town.ten_minutes_pass(nora)
    nora.follows("Enter money")
    nora.reads(nora.page.locator("h1"), "Is it you?")
    keep(nora.page, "story-is-it-you")
    nora.page.get_by_label("Password").fill(town.passwords["nora"])
    nora.page.get_by_role("button", name="Continue").click()
    enter_money(nora, "20", "bank transfer 17")
    return nora


def tick(person: Person, right: str, *, is_ticked: bool) -> None:
    person.actions += 1
    person.main.locator(f'input[value="{right}"]').set_checked(is_ticked)


def enter_money(person: Person, amount: str, note: str) -> None:
    person.fills(amount=amount, note=note)
    person.presses("Enter it")
    person.reads(person.main.get_by_role("status"), f"has {amount}.00 USD now.")
    expect(person.main.locator("tbody tr").filter(has_text=note)).to_have_count(1)
    keep(person.page, f"story-money-{note.replace(' ', '-')}")


def dealer_makes_a_customer(nora: Person) -> dict[str, str]:
    """Acting for City, North makes its first customer: prices, a company, its money, its phone. The phone's account."""
    nora.opens("Dealers")
    nora.follows("city")
    nora.presses("Act for this dealer")
    nora.reads(nora.page.locator(".acting-banner"), "You act for City Net until")
    make_pack(nora, "city-retail", "3", connect_fee="0.10")
    nora.opens("Companies")
    nora.follows("New company")
    nora.fills(key="corner-shop", name="Corner Shop", billing_pack="city-retail")
    nora.saves()
    keep(nora.page, "story-company")
    nora.follows("Enter money")
    enter_money(nora, "10", "cash")
    nora.follows("To the party")
    nora.follows("Phones and lines")
    nora.follows("New phone or line")
    nora.page.get_by_role("link", name="A phone").click()
    nora.fills(key="counter", name="Counter")
    expect(nora.main.get_by_label("Company", exact=True)).to_have_value("corner-shop")
    nora.presses("Create")
    account = {
        part: nora.sees(nora.page.locator(f"#account-{part}")).inner_text()
        for part in ("server", "port", "username", "password")
    }
    keep(nora.page, "story-phone")
    nora.follows("Done")
    return account


def dealer_tries_the_call_out(nora: Person) -> None:
    """Nobody is called: the switch says that it would pass, and what it would cost."""
    nora.opens("Try out a call")
    nora.fills(peer="counter")
    expect(nora.page.locator("#options-peer option")).to_have_count(1, timeout=PATIENCE_MS)
    nora.fills(number=CALLED)

    def passes() -> None:
        nora.presses("Try it out")
        expect(nora.page.locator("#check-result")).to_contain_text("passes", timeout=2_000)

    expect_soon(passes)
    nora.reads(nora.page.locator("#check"), "3.10", "corner-shop")
    keep(nora.page, "story-tried-out")
    nora.presses("Stop")


def expect_soon(attempt: Any) -> None:
    """Try until it succeeds: what was just written reaches the switch within a second or so."""
    for _ in range(PATIENCE_MS // 2_000):
        try:
            return attempt()
        except AssertionError:
            continue
    return attempt()


def everybody_sees_it_live(town: Town, people: dict[str, Person]) -> str:
    """The call is on the live page of everybody above it, and of nobody else; its id."""
    for person in people.values():
        person.opens("Live calls")
    for username in ("nora", "cora", "olga"):
        page = people[username].page
        row = page.locator("#live tbody tr")
        expect(row).to_have_count(1, timeout=PATIENCE_MS)
        people[username].reads(row, CALLED_SHOWN, "talking")
        keep(page, f"story-live-{username}")
    people["sam"].reads(people["sam"].page.locator("#live"), "Nobody is talking at the moment")
    mark = people["cora"].page.locator("#live tbody tr").get_attribute("id")
    assert mark is not None
    return mark.removeprefix("live-").rsplit("-", 1)[0]


CHARGES = {
    "cora": (["Corner Shop → you 3.10 USD", "you → north 1.80 USD"], "1.30 USD"),
    "nora": (["Corner Shop → City Net 3.10 USD", "City Net → you 1.80 USD", "you → owner 1.20 USD"], "0.60 USD"),
    "olga": (
        [
            "Corner Shop → City Net 3.10 USD", "City Net → North Telecom 1.80 USD", "North Telecom → you 1.20 USD",
            "you → carrier 0.60 USD",
        ],
        "0.60 USD",
    ),
}  # fmt: skip
"""Who is not of one's own house is called by his key."""
WHY = {"cora": "You pay north", "nora": "City Net pays you", "olga": "You pay carrier"}


def each_sees_his_own_prices(people: dict[str, Person], call_id: str) -> None:
    """Under Calls, level by level, and why."""
    for username, (charges, margin) in CHARGES.items():
        person = people[username]
        person.opens("Calls")
        row = person.sees(person.page.locator(f"#call-{call_id}-0"))
        assert texts_of(row.locator(".charges li")) == charges
        assert texts_of(row.locator("td").last) == [margin]
        keep(person.page, f"story-calls-{username}")
        row.locator("a.call-link").click()
        article = person.sees(person.page.locator(".why").filter(has_text=WHY[username]))
        person.sees(article.locator(".arithmetic"))
        hidden = person.page.locator("details:not([open])").filter(has_text="Why this price")
        for _ in range(hidden.count()):
            hidden.first.locator("summary").click()
        expect(person.page.locator(".arithmetic:visible")).to_have_count(len(charges))
        keep(person.page, f"story-why-{username}")


def texts_of(found: Locator) -> list[str]:
    return [" ".join(text.split()) for text in found.all_inner_texts()]


def owner_audits(olga: Person, nora: Person) -> None:
    """The owner sees what the dealer has done, before and after, and for whom; the dealer nothing of the owner's."""
    olga.opens("What was changed")
    olga.types("Person", "nora")
    olga.presses("Show")
    changes = olga.main.locator("article")
    limit = changes.filter(has=olga.page.locator("del", has_text="20")).filter(
        has=olga.page.locator("ins", has_text="30")
    )
    olga.reads(limit.first, "nora (North Telecom)", "through the web", "Calls at a time")
    olga.reads(changes.filter(has_text="Corner Shop").last, "nora (North Telecom), acting for City Net (city)")
    keep(olga.page, "story-audit-owner")
    nora.opens("What was changed")
    nora.reads(nora.main.locator("article").first, "nora")
    expect(nora.main).not_to_contain_text("olga")
    expect(nora.main).not_to_contain_text("South Telecom")


def sibling_sees_nothing(sam: Person, call_id: str) -> None:
    """Whoever stands beside: not the call, not the names, not the money."""
    for entry in ("Calls", "Companies", "Peers", "Live calls", "Balances", "Payments", "Billing packs"):
        sam.opens(entry)
        for foreign in ("North Telecom", "City Net", "Corner Shop", "corner-shop", "nora", CALLED_SHOWN, "resale"):
            expect(sam.main).not_to_contain_text(foreign)
    for entry, shown in (("Dealers", 1), ("Logins", 1)):
        sam.opens(entry)
        expect(sam.main.locator("tbody tr")).to_have_count(shown, timeout=PATIENCE_MS)
    sam.opens("What was changed")
    expect(sam.main.locator("article")).to_have_count(0)
    box, hits = sam.page.locator("#search-everything"), sam.page.locator("#search-hits")
    for foreign in ("Corner Shop", "corner-shop", "City", CALLED, call_id):
        box.fill(foreign)
        sam.reads(hits, "Nothing found")
        box.fill("")
        expect(hits).not_to_contain_text("Nothing found", timeout=PATIENCE_MS)
    keep(sam.page, "story-sibling")
    answer = sam.page.goto(f"/calls/{call_id}")
    assert answer is not None
    assert answer.status == 404
    keep(sam.page, "story-sibling-call")
    sam.complaints = [said for said in sam.complaints if "404" not in said]


def the_phone_calls(town: Town, people: dict[str, Person], account: dict[str, str], directory: Path) -> str:
    """The phone registers, calls, and hangs up when everybody has seen it; the call's id."""
    registrar = Address(account["server"], int(account["port"]))
    user, password = account["username"], account["password"]
    with Baresip(directory=directory, user=user, password=password, registrar=registrar) as phone:
        phone.wait_for_output("200 OK", timeout_s=20)
        nora = people["nora"]
        nora.opens("Peers")
        nora.follows("counter")
        nora.reads(nora.main, "Registered phones", "baresip")
        keep(nora.page, "story-registered")
        phone.command("dial", f"sip:{CALLED}@{registrar}")
        phone.wait_for_output("Call established", timeout_s=20)
        call_id = everybody_sees_it_live(town, people)
        phone.command("hangup")
        for username in ("nora", "cora", "olga"):
            people[username].reads(people[username].page.locator("#live"), "Nobody is talking at the moment")
    return call_id


@pytest.mark.timeout(400)
def test_a_dealer_builds_his_house_and_a_call_pays_everybody(town: Town, tmp_path: Path) -> None:
    olga = owner_prepares(town)
    nora = dealer_makes_a_dealer(town)
    account = dealer_makes_a_customer(nora)
    dealer_tries_the_call_out(nora)
    people = {"olga": olga, "nora": nora, "cora": town.comes("cora"), "sam": town.comes("sam")}

    call_id = the_phone_calls(town, people, account, tmp_path / "phone")

    each_sees_his_own_prices(people, call_id)
    owner_audits(olga, nora)
    sibling_sees_nothing(people["sam"], call_id)
    for proof in ("check-ledger", "check-audit"):
        subprocess.run([*COMMAND, proof], env=town.environment, check=True, capture_output=True)
    assert {person.username: person.complaints for person in town.people if person.complaints} == {}
