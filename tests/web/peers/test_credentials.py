"""Passwords of phones: shown once, kept as digests, new ones in place of old ones; settings for common phones."""

import hashlib
import re
from html import unescape

import pytest

from smartswitch.runtime.config import Address

from ..house import Browse, House
from .conftest import NEW_LINE, NEW_USER, Make, password_on


def digests(username: str, password: str) -> tuple[str, str]:
    """What RFC 7616, 3.4.2 calls HA1."""
    text = f"{username}:smartswitch:{password}".encode()
    return hashlib.md5(text).hexdigest(), hashlib.sha256(text).hexdigest()


def test_a_password_is_made_and_shown_in_the_answer_only(house: House, browse: Browse, make: Make) -> None:
    made = make("city", NEW_USER)
    password = password_on(made["page"])
    client = browse("city")
    later = client.get(f"/peers/{made['id']}").content.decode() + client.get("/peers?export=csv").getvalue().decode()

    assert re.fullmatch(r"[a-km-zA-HJ-NP-Z2-9]{20}", password)
    assert (made["ha1_md5"], made["ha1_sha256"]) == digests("reception", password)
    assert password not in later


def test_a_password_is_nowhere_in_the_database(house: House, make: Make) -> None:
    made = make("city", NEW_USER)
    password = password_on(made["page"])
    found = []
    tables = house.row("SELECT array_agg(tablename) AS names FROM pg_tables WHERE schemaname = 'public'")["names"]
    for table in tables:
        row = house.row(f'SELECT count(*) AS n FROM "{table}" AS t WHERE t::text LIKE %s', f"%{password}%")
        found += [table] * row["n"]
    audited = house.row(
        "SELECT after FROM audit_entry WHERE table_name = 'peer' AND row_id = %s AND action = 'insert'", str(made["id"])
    )

    assert found == []
    assert audited["after"]["ha1_md5"] == "(secret)"


def test_the_page_with_the_password_is_kept_by_nobody(browse: Browse, make: Make) -> None:
    made = make("city", NEW_USER)
    answer = browse("city").post(f"/peers/{made['id']}/password", {})

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_new_password_takes_the_place_of_the_old_one(house: House, browse: Browse, make: Make) -> None:
    made = make("city", NEW_USER)
    answer = browse("city").post(f"/peers/{made['id']}/password", {"auth_username": "desk-1"})
    password = password_on(answer.content.decode())
    peer = house.row("SELECT * FROM peer WHERE id = %s", made["id"])

    assert password != password_on(made["page"])
    assert peer["auth_username"] == "desk-1"
    assert (peer["ha1_md5"], peer["ha1_sha256"]) == digests("desk-1", password)


def test_a_password_may_be_chosen(house: House, browse: Browse, make: Make) -> None:
    made = make("city", NEW_USER, auth_username="front", password="Correct-Horse_42")

    assert password_on(made["page"]) == "Correct-Horse_42"
    assert (made["ha1_md5"], made["ha1_sha256"]) == digests("front", "Correct-Horse_42")


def test_a_weak_password_changes_nothing(house: House, browse: Browse, make: Make) -> None:
    made = make("city", NEW_USER)
    answer = browse("city").post(f"/peers/{made['id']}/password", {"password": "12345"})

    assert answer.status_code == 422
    assert "A password has 12 to 64 characters." in answer.content.decode()
    assert house.row("SELECT ha1_md5 FROM peer WHERE id = %s", made["id"])["ha1_md5"] == made["ha1_md5"]


def test_a_name_that_is_taken_changes_nothing(house: House, browse: Browse, make: Make) -> None:
    made = make("city", NEW_USER)
    make("city", NEW_USER, key="other", extension="")
    answer = browse("city").post(f"/peers/{made['id']}/password", {"auth_username": "other"})

    assert answer.status_code == 422
    assert "This user name is taken" in answer.content.decode()
    assert house.row("SELECT ha1_md5 FROM peer WHERE id = %s", made["id"])["ha1_md5"] == made["ha1_md5"]


def test_a_line_gets_a_password_if_it_has_a_user_name(make: Make) -> None:
    made = make("city", NEW_LINE, auth_username="trunk-7")

    assert made["auth_username"] == "trunk-7"
    assert (made["ha1_md5"], made["ha1_sha256"]) == digests("trunk-7", password_on(made["page"]))


def test_who_may_only_look_gets_no_password(house: House, browse: Browse, make: Make) -> None:
    made = make("city", NEW_USER)
    client = browse("city")
    house.run("UPDATE login SET standard_role = 'pbx_agent' WHERE id = %s", client.session["_auth_user_id"])

    assert client.post(f"/peers/{made['id']}/password").status_code == 403
    assert house.row("SELECT ha1_md5 FROM peer WHERE id = %s", made["id"])["ha1_md5"] == made["ha1_md5"]


def test_the_settings_name_server_user_and_password_for_each_make(make: Make) -> None:
    made = make("city", NEW_USER)
    page = unescape(made["page"])
    password = password_on(made["page"])

    for make_name in ("Yealink", "Grandstream", "Snom", "Cisco SPA", "Linphone", "Zoiper", "baresip"):
        assert f"<summary>{make_name}</summary>" in page
    assert f"account.1.password = {password}" in page
    assert f"P34 = {password}" in page
    assert f"user_pass1!: {password}" in page
    assert f"<Password_1_>{password}</Password_1_>" in page
    assert "&lt;Password_1_&gt;" in made["page"]
    assert f"<sip:reception@127.0.0.1;transport=udp>;auth_user=reception;auth_pass={password}" in page
    assert '<svg class="qr-code" role="img"' in page
    assert "<script>" not in page
    assert "style=" not in page.split("<main")[1]


@pytest.mark.parametrize(
    ("listens", "page", "server"),
    [
        ("192.0.2.5:5060", "my.example.net", "192.0.2.5:5060"),
        ("0.0.0.0:5060", "my.example.net:8443", "my.example.net:5060"),
        ("[::]:5070", "[2001:db8::1]:8080", "[2001:db8::1]:5070"),
        ("[::]:5060", "192.0.2.9", "192.0.2.9:5060"),
    ],
)
def test_the_server_of_a_phone(listens: str, page: str, server: str) -> None:
    from smartswitch.web.peers.credentials.phone_settings import server_of

    assert str(server_of(Address.parse(listens), page)) == server


def test_the_address_in_the_code_is_one_that_a_sip_parser_takes_apart_again() -> None:
    from smartswitch.web.peers.credentials.phone_settings import PhoneAccount

    account = PhoneAccount("a@b", "p^w=1", "2001:db8::1", 5070)

    assert account.address == "sip:a%40b:p%5Ew=1@[2001:db8::1]:5070;transport=udp"


def test_generated_passwords_keep_the_rules() -> None:
    from smartswitch.web.peers.credentials.passwords import new_password, problem_of_password

    passwords = {new_password() for _ in range(50)}

    assert len(passwords) == 50
    assert {problem_of_password(password) for password in passwords} == {None}
