"""The pages of calls: found by what one knows of them, as a file; calls that are ended; a call that is tried out."""

from typing import Any

import pytest

from ..house import Browse, House


def test_calls_are_found_by_number(browse: Browse) -> None:
    page = browse("north").get("/calls?number=447911123457").content.decode()

    assert page.count('id="call-') == 1
    assert "447911123457" in page


def test_what_cannot_be_read_is_named_beside_its_field(browse: Browse) -> None:
    page = browse("north").get("/calls?number=abc&since=yesterday").content.decode()

    assert "A number is written with digits" in page
    assert "Write a day as 2026-11-28" in page


def test_calls_as_a_file_have_what_one_paid_and_sold_for(house: House, browse: Browse) -> None:
    answer = browse("north").get("/calls?number=447911123457&export=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()

    assert len(lines) == 2
    assert "You sold for" in lines[0]
    assert str(house.seeded.calls["direct"]) in lines[1]


def test_a_call_in_progress_is_ended_by_who_may(house: House, browse: Browse) -> None:
    talking = house.seeded.calls["talking"]

    assert browse("south").post(f"/live/{talking}/hang-up").status_code == 404
    assert browse("north").get(f"/live/{talking}/hang-up").status_code == 405
    assert browse("north").post(f"/live/{talking}/hang-up").status_code == 302
    entry = house.row("SELECT * FROM audit_entry WHERE action = 'hangup' ORDER BY id DESC LIMIT 1")
    assert (entry["table_name"], entry["row_id"]) == ("open_leg", str(talking))


def test_the_page_says_when_no_node_has_ended_a_call(house: House, browse: Browse) -> None:
    north = browse("north")

    def live_after(passed: str) -> str:
        """The live calls, when so much time has passed since somebody pressed the button."""
        house.run("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        house.run("UPDATE audit_entry SET created_at = now() - %s::interval WHERE action = 'hangup'", passed)
        house.run("ALTER TABLE audit_entry ENABLE TRIGGER USER")
        return str(north.get("/live", headers={"HX-Request": "true"}).content.decode())

    pressed = north.post(f"/live/{house.seeded.calls['talking']}/hang-up", headers={"HX-Request": "true"})

    assert (pressed.status_code, pressed.headers["HX-Trigger"]) == (204, "hangup")
    assert "Ending…" in live_after("1 s")
    assert "No node has ended it yet; press again." in live_after("10 s")
    assert "End it again" in live_after("10 s")
    assert "End it again" not in live_after("2 min")


def test_trying_out_a_call_says_when_no_node_answers(browse: Browse) -> None:
    page = browse("north").get("/check?peer=shop-phone&number=447911123456&duration_s=60").content.decode()

    assert "alert-danger" in page
    assert "Seconds" in page


def test_a_stranger_s_phone_cannot_be_tried_out(browse: Browse) -> None:
    page = browse("south").get("/check?peer=shop-phone&number=447911123456&duration_s=60").content.decode()

    assert "There is no shop-phone here." in page


@pytest.mark.parametrize("text", ["corner", "447911123457", "shop-phone", "<script>", "%", "\\", "'"])
def test_the_search_box_answers_whatever_is_typed(browse: Browse, text: str) -> None:
    answer = browse("north").get("/search", {"q": text}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode()


def test_the_search_box_finds_the_shop_and_only_inside_the_house(browse: Browse) -> None:
    found: Any = {
        dealer: browse(dealer).get("/search", {"q": "corner"}).content.decode() for dealer in ("north", "south")
    }

    assert "Corner Shop Ltd" in found["north"]
    assert "Corner Shop Ltd" not in found["south"]
