"""Numbers: which peer each leads to, and whose it is."""

from typing import Any

import pytest

from ..house import Browse, House
from .conftest import NEW_LINE, Make


@pytest.fixture
def forgotten(house: House) -> Any:
    yield
    house.run("DELETE FROM did")


@pytest.mark.usefixtures("forgotten")
class TestNumbers:
    def test_a_number_belongs_to_the_dealer_of_its_peer(self, house: House, browse: Browse) -> None:
        answer = browse("owner").post("/numbers/new", {"number": "+44 20 7946 0123", "peer": "shop-phone"})
        row = house.row("SELECT n.*, d.key FROM did AS n JOIN dealer AS d ON d.id = n.dealer_id")
        page = browse("city").get("/numbers").content.decode()
        phone = browse("city").get(f"/peers/{row['peer_id']}").content.decode()

        assert answer.status_code == 302
        assert (row["number"], row["key"]) == ("442079460123", "city")
        assert "+442079460123" in page
        assert "+442079460123" in phone

    def test_one_that_stays_above_is_not_for_the_dealer_below_to_lead_elsewhere(
        self, house: House, browse: Browse
    ) -> None:
        browse("owner").post("/numbers/new", {"number": "442079460124", "peer": "shop-phone", "dealer": "north"})
        row = house.row("SELECT * FROM did")

        assert row["dealer_id"] == house.seeded.dealers["north"]
        assert browse("north").get(f"/numbers/{row['id']}").status_code == 200
        assert browse("city").get(f"/numbers/{row['id']}").status_code == 404
        assert browse("city").post(f"/numbers/{row['id']}/delete").status_code == 404

    def test_it_is_led_elsewhere_within_its_dealer(self, house: House, browse: Browse) -> None:
        browse("north").post("/numbers/new", {"number": "442079460125", "peer": "shop-phone", "dealer": "north"})
        row = house.row("SELECT * FROM did")
        moved = browse("north").post(f"/numbers/{row['id']}/change", {"peer": "direct", "dealer": "north"})
        after = house.row("SELECT p.key FROM did AS n JOIN peer AS p ON p.id = n.peer_id")
        wrong = browse("north").post(f"/numbers/{row['id']}/change", {"peer": "direct", "dealer": "city"})

        assert moved.status_code == 302
        assert after["key"] == "direct"
        assert wrong.status_code == 422
        assert "the number must be of that dealer or of one above it" in wrong.content.decode()

    def test_a_number_is_given_once(self, house: House, browse: Browse) -> None:
        browse("owner").post("/numbers/new", {"number": "442079460126", "peer": "south-phone"})
        answer = browse("city").post("/numbers/new", {"number": "442079460126", "peer": "shop-phone"})

        assert answer.status_code == 422
        assert "This number is taken." in answer.content.decode()
        assert house.row("SELECT count(*) AS n FROM did")["n"] == 1

    def test_it_leads_to_nobody_elses_peer(self, house: House, browse: Browse) -> None:
        answer = browse("city").post("/numbers/new", {"number": "442079460127", "peer": "south-phone"})

        assert answer.status_code == 422
        assert "There is no south-phone here." in answer.content.decode()
        assert house.row("SELECT count(*) AS n FROM did")["n"] == 0

    def test_a_peer_with_a_number_stays(self, house: House, browse: Browse, make: Make) -> None:
        made = make("city", NEW_LINE)
        browse("owner").post("/numbers/new", {"number": "442079460128", "peer": "office-pbx"})
        answer = browse("city").post(f"/peers/{made['id']}/delete")

        assert answer.status_code == 422
        assert "It is still used by: Numbers." in answer.content.decode()
        assert house.row("SELECT count(*) AS n FROM peer WHERE id = %s", made["id"])["n"] == 1

    def test_numbers_are_found_by_dealer_and_peer(self, browse: Browse) -> None:
        for number, peer in (("442079460131", "shop-phone"), ("442079460132", "direct")):
            browse("owner").post("/numbers/new", {"number": number, "peer": peer})
        by_dealer = browse("north").get("/numbers?dealer=city").content.decode()
        by_peer = browse("north").get("/numbers?peer=direct").content.decode()

        assert ("0131" in by_dealer, "0132" in by_dealer) == (True, False)
        assert ("0131" in by_peer, "0132" in by_peer) == (False, True)
