"""A visit in English: every screen says it, and what is kept or printed stays Vietnamese.

The visitor inspects each screen it opens: in another language no Vietnamese
letter may stand outside an element that says so.
"""

from __future__ import annotations

from intake.db import db
from intake.queries import receipt_view
from intake.records import AcceptancePoint, Dossier
from kioskway import Way

BESIDE = (
    "help",
    "restart",
    "using",
    "save?how=post",
    "open",
    "procedures?q=khai+sinh",
    "procedures?q=zzzz",
    "procedures?event=birth",
)


def test_english_is_chosen_on_the_first_screen_and_gone_with_the_visit(guest):
    page = guest.page
    assert page.tree.all("html")[0].attributes["lang"] == "en"
    assert "Touch to start" in page.text and "Friday, 20 November 2026" in page.text
    assert [one.text for one in page.tree.all("button") if one.attributes.get("aria-pressed") == "true"] == [
        "English"
    ]
    guest.starts()
    guest.post("/kiosk/end", {"reason": "done"})
    assert guest.get("/kiosk/").tree.all("html")[0].attributes["lang"] == "vi"


def test_a_dossier_is_filed_in_english_and_its_paper_is_vietnamese(house, guest):
    way: Way = guest
    assert "What would you like to do today?" in way.starts().text
    page = way.submits()
    assert "Application received" in page.text and "Step" not in page.text
    assert 'lang="vi"' in page.html  # the names on it
    with house.app.app_context():
        session, keys = db.session(), house.keys
        dossier = session.query(Dossier).order_by(Dossier.id.desc()).first()
        point = session.query(AcceptancePoint).filter_by(code="K1").one()
        view = receipt_view(session, dossier.id, point=point, keys=keys)
        assert view.facts.fee_words.endswith(" đồng")
        assert view.facts.collect_words.startswith("Nhận tại quầy")
        assert "Biên nhận hồ sơ" in view.paper.title


def test_what_is_wrong_is_said_in_english(guest):
    guest.is_ready()
    page = guest.post("/kiosk/identity", {"scan": "x"}, status=422)
    assert "The card could not be read" in page.text
    page = guest.post("/kiosk/identity", {"citizen_id": "1", "name": "", "born": "31/2/2000"}, status=422)
    assert "A personal identification number has 12 digits" in page.text
    assert "In 2000 month 2 has only 29 days." in page.text


def test_screens_beside_the_way_are_english(guest):
    guest.scans()
    for path in BESIDE:
        assert guest.get(f"/kiosk/{path}").tree.all("html")[0].attributes["lang"] == "en", path
