"""The files of a dossier at the desk: seen as pictures, downloaded as handed in, held back when infected."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select, update

import papersway as way
from build import an_application
from conftest import House, offer
from deskway import signed_in
from intake import captures
from intake.accepting import accept
from intake.captures import prepare
from intake.content.found import Concern
from intake.db import db
from intake.events import citizen
from intake.offices import point_of
from intake.records import DocumentFile, Dossier, Event
from intake.rules.rights import Role


@dataclass
class Filed:
    """A dossier with a photograph, which is blurred, and a signed PDF."""

    code: str
    image: int
    pdf: int
    signed: bytes


@pytest.fixture
def home(sqlite_house: House) -> Iterator[House]:
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        yield sqlite_house
        db.session.remove()


@pytest.fixture
def filed(home: House) -> Filed:
    session, kiosk = db.session(), point_of(db.session(), "K1")
    application = an_application(offer(session, kiosk))
    application = replace(application, documents={"form": {"how": "attached", "reason": ""}})
    page = prepare(way.a_file(way.a_page(620, 877)), way="scanner")
    signed = way.signed_pdf("Trần Văn Ký", acts=True)
    ids = []
    for content in (replace(page, concerns=(Concern("blurred"),)), prepare(signed)):
        added = captures.add_file(
            session,
            content,
            office=kiosk.office,
            attempt=application.attempt,
            requirement_key="form",
            way="phone",
            visit_id=None,
            store=home.app.extensions["motcham"].store,
            keys=home.keys,
            now=home.clock(),
            accepted_quality=True,
        )
        ids.append(added.file.id)
    dossier = accept(
        session,
        application,
        kiosk,
        keys=home.keys,
        base_url="http://10.0.0.5:8080",
        by=citizen("K1"),
        now=home.clock(),
    )
    session.commit()
    told = Filed(dossier.dossier_code, *ids, signed)
    session.rollback()
    return told


def get(home: House, filed: Filed, path: str = "", **who):
    db.session.rollback()
    return signed_in(home.app, **who).client.get(f"/desk/dossiers/{filed.code}{path}")


def opened(filed: Filed) -> list[dict]:
    db.session.rollback()
    events = db.session.scalars(select(Event).filter_by(kind="file_opened").order_by(Event.id))
    return [one.facts for one in events]


def test_the_pane_lists_the_files_and_says_what_is_not_known(home, filed):
    text = get(home, filed).text
    assert f"/files/{filed.image}" in text and "Tệp 2: PDF 2 trang" in text
    assert "chưa quét mã độc" in text and "khó đọc" in text and "ký số, chưa kiểm tra" in text


def test_a_file_is_seen_as_pictures_that_can_do_nothing(home, filed):
    shown = get(home, filed, f"/files/{filed.pdf}")
    assert "Trần Văn Ký" in shown.text and "chưa kiểm tra chữ ký còn giá trị hay không" in shown.text
    assert "mã chạy" in shown.text and "Chưa quét mã độc" in shown.text
    picture = get(home, filed, f"/files/{filed.pdf}/pages/2")
    assert picture.data.startswith(b"\xff\xd8") and picture.mimetype == "image/jpeg"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert picture.headers["Cache-Control"] == "no-store"
    assert "bị mờ, người nộp đã xem và vẫn gửi" in get(home, filed, f"/files/{filed.image}").text


def test_every_look_is_written_down_once_in_a_while_and_every_download(home, filed):
    for path in ("", "/pages/1", "/pages/2", "/download", "/download"):
        assert get(home, filed, f"/files/{filed.pdf}{path}").status_code == 200
    assert [facts["whole"] for facts in opened(filed)] == [False, True, True]
    assert opened(filed)[0]["name"] == "Tờ khai"
    get(home, filed, f"/files/{filed.pdf}", role=Role.DECIDING)
    assert len(opened(filed)) == 4, "another person's look is another look"
    assert "xem tệp Tờ khai" in get(home, filed).text


def test_what_is_downloaded_is_what_was_handed_in_and_its_hashes_are_proved(home, filed):
    answer = get(home, filed, f"/files/{filed.pdf}/download")
    assert answer.data == filed.signed
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    proof = get(home, filed, "/files/proof").data
    assert hashlib.sha256(filed.signed).hexdigest() in proof.decode()
    told = db.session.scalar(select(Dossier.papers_hash).filter_by(dossier_code=filed.code))
    assert told == hashlib.sha256(proof).hexdigest()


def test_an_infected_file_is_told_and_served_to_nobody(home, filed):
    db.session.execute(update(DocumentFile).filter_by(id=filed.pdf).values(scan_state="infected"))
    db.session.commit()
    assert "giữ lại vì nghi có mã độc" in get(home, filed).text
    assert "bị giữ lại vì nghi có mã độc" in get(home, filed, f"/files/{filed.pdf}").text
    for path in ("/pages/1", "/download"):
        assert get(home, filed, f"/files/{filed.pdf}{path}").status_code == 404


def test_a_file_of_another_dossier_or_a_page_that_is_none_is_not_found(home, filed):
    db.session.execute(update(DocumentFile).filter_by(id=filed.image).values(dossier_id=None))
    db.session.commit()
    for path in (f"/files/{filed.image}", f"/files/{filed.pdf}/pages/3", "/files/999999/download"):
        assert get(home, filed, path).status_code == 404
    assert get(home, replace(filed, code="H56.99.01-261121-0001"), "/files/proof").status_code == 404
