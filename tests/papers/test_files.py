"""The files of a draft: kept, put in order, turned, taken away, adopted by the dossier, or wiped."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

import papersway as way
from build import an_application
from intake import captures, saving, visits
from intake.accepting import accept
from intake.captures import adopting, files, keeping, prepare, rounds, viruses
from intake.captures.store import FRESH
from intake.content.found import Concern
from intake.drawings.text import as_text
from intake.events import citizen
from intake.ports import VirusScanned
from intake.printing import facts_of
from intake.receipt import form_01, kiosk_receipt
from intake.records import DocumentFile, Event
from intake.rules.papers_proof import grouped_hash
from intake.rules.refusals import NoSuchFile, NotKept, SignedFile, TooManyFiles, UnfinishedDossier

ATTEMPT, PAPER = "attempt-1", "form"


@pytest.fixture(scope="module")
def page():
    return prepare(way.a_file(way.a_page(620, 877)), way="scanner")


@pytest.fixture(scope="module")
def pdf():
    return prepare(way.a_pdf(3))


@pytest.fixture
def store(house):
    return house.app.extensions["motcham"].store


@pytest.fixture
def means(store, keys, clock):
    return rounds.Means(store=store, keys=keys, clock=clock, open_scanner=lambda _: None)


@pytest.fixture
def add(session, kiosk, store, keys, clock):
    def add(content, paper=PAPER, attempt=ATTEMPT, **known):
        told = {"way": "phone", "visit_id": None} | known
        added = captures.add_file(
            session,
            content,
            office=kiosk.office,
            attempt=attempt,
            requirement_key=paper,
            store=store,
            keys=keys,
            now=clock(),
            **told,
        )
        session.commit()
        return added

    return add


def count(session):
    return session.scalar(select(func.count()).select_from(DocumentFile))


def test_several_files_of_a_paper_are_kept_in_order_and_moved(session, add, page, pdf):
    one, two, other = add(page).file.id, add(pdf).file.id, add(page, "house_book").file.id
    rows = captures.files_of(session, ATTEMPT, PAPER)
    assert [(row.id, row.position, row.kind, row.pages) for row in rows] == [
        (one, 1, "image", 1),
        (two, 2, "pdf", 3),
    ]
    captures.move(session, two, 1, attempt=ATTEMPT)
    assert [row.id for row in captures.files_of(session, ATTEMPT, PAPER)] == [two, one]
    captures.remove(session, two, attempt=ATTEMPT, now=session.get(DocumentFile, two).created_at)
    assert [row.id for row in captures.files_of(session, ATTEMPT)] == [one, other]
    assert captures.files_of(session, ATTEMPT)[0].position == 1


def test_pages_are_seen_and_turned_and_of_another_draft_not_even_found(
    session, add, page, pdf, store, keys, clock
):
    one, two = add(page).file.id, add(pdf).file.id
    known = {"attempt": ATTEMPT, "store": store, "keys": keys}
    assert captures.page_picture(session, one, 1, **known) == page.content
    assert captures.page_picture(session, two, 3, longest=300, **known).startswith(b"\xff\xd8")
    made = captures.turned(session, one, 90, **known)
    for _tap in range(2):
        captures.turn(session, one, made, now=clock(), **known)
    turned = captures.files_of(session, ATTEMPT)[0]
    assert turned.sha256 != page.sha256 and captures.page_picture(session, one, 1, **known) != page.content
    for wrong in ({"page": 4}, {"page": 0}, {"attempt": "another"}, {"attempt": ""}):
        with pytest.raises(NoSuchFile):
            captures.page_picture(session, two, **{"page": 1} | known | wrong)
    for act in (captures.remove, captures.move):
        with pytest.raises(NoSuchFile):
            act(
                session,
                one,
                **{"attempt": "another"} | ({"now": clock()} if act is captures.remove else {"to": 1}),
            )


def test_a_concern_is_asked_about_until_somebody_says_yes(session, add, page):
    dark = replace(page, concerns=(Concern("dark"), Concern("glare", (0.1, 0.2, 0.3, 0.4))))
    added = add(dark)
    assert added.concerns == ("dark", "glare")
    (row,) = captures.files_of(session, ATTEMPT)
    assert not row.accepted and row.quality[1] == Concern("glare", (0.1, 0.2, 0.3, 0.4))
    captures.accept_quality(session, row.id, attempt=ATTEMPT)
    assert captures.files_of(session, ATTEMPT)[0].accepted
    assert add(replace(page, concerns=(Concern("dark"),)), accepted_quality=True).file.quality[0]["accepted"]


def test_a_box_turns_with_its_page():
    assert files._turned_box([0.1, 0.2, 0.3, 0.4], 90) == pytest.approx([0.4, 0.1, 0.4, 0.3])
    assert files._turned_box(None, 90) is None


def test_a_signed_file_is_not_turned(session, add, store, keys, clock):
    signed = add(prepare(way.signed_pdf())).file
    assert captures.files_of(session, ATTEMPT)[0].signatures[0].name == "Trần Văn Ký"
    with pytest.raises(SignedFile):
        captures.turned(session, signed.id, 90, attempt=ATTEMPT, store=store, keys=keys)


def test_neither_count_nor_disk_is_endless(add, page, store, monkeypatch):
    monkeypatch.setattr(files, "MOST_FILES", 1)
    add(page)
    with pytest.raises(TooManyFiles):
        add(page)

    def full(*_args, **_known):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "put", full)
    with pytest.raises(NotKept):
        add(page, attempt="another")


def test_files_die_with_the_visit_and_shared_bytes_live_as_long_as_somebody_needs_them(
    session, add, page, pdf, kiosk, keys, clock, store, means
):
    visit, _ = visits.begin(session, kiosk, now=clock(), keys=keys)
    session.commit()
    mine, shared = add(pdf, visit_id=visit.id).file.content_key, add(page, visit_id=visit.id).file.content_key
    add(page, attempt="another")
    visits.end(session, visit, reason="idle", now=clock())
    session.commit()
    assert captures.files_of(session, ATTEMPT) == [], "at once"
    clock.now += FRESH + timedelta(seconds=1)
    assert rounds.wipe_dead(session, means) == 2
    assert set(store.addresses()) >= {shared} and mine not in set(store.addresses())
    assert [row.sha256 for row in captures.files_of(session, "another")] == [page.sha256]
    clock.now += files.LASTS
    assert rounds.wipe_dead(session, means) == 1 and shared not in set(store.addresses())
    assert rounds.wipe_dead(session, means) == 0


def test_what_is_put_by_outlives_the_visit_until_its_code_is_over(
    session, add, page, kiosk, keys, clock, lans_draft, means
):
    visit, _ = visits.begin(session, kiosk, now=clock(), keys=keys)
    session.commit()
    add(page, attempt=lans_draft.attempt, visit_id=visit.id)
    saving.save_draft(session, kiosk, lans_draft, keys=keys, now=clock())
    visits.end(session, visit, reason="done", now=clock())
    session.commit()
    clock.now += timedelta(hours=71)
    rounds.wipe_dead(session, means)
    assert len(captures.files_of(session, lans_draft.attempt)) == 1
    clock.now += timedelta(hours=2)
    rounds.wipe_dead(session, means)
    assert count(session) == 0


def test_bytes_without_a_row_are_found_by_the_daily_round(session, store, keys, clock, add, page):
    kept = add(page).file.content_key
    orphan = captures.store.address_of("ff" * 32, keys)
    store.put(orphan, b"x", keys=keys, now=clock())
    clock.now += 2 * FRESH
    assert keeping.tidy(session, store, now=clock()) >= 1
    assert kept in set(store.addresses()) and orphan not in set(store.addresses())
    assert keeping.lost(session, store) == []
    store._place(kept).unlink()
    assert len(keeping.lost(session, store)) == 1


@pytest.fixture
def attached(offered):
    application = an_application(offered)
    return replace(application, documents={**application.documents, PAPER: {"how": "attached", "reason": ""}})


def filed(session, application, kiosk, keys, clock):
    dossier = accept(
        session, application, kiosk, keys=keys, base_url="http://10.0.0.5:8080", by=citizen("K1"), now=clock()
    )
    session.commit()
    return dossier


def test_a_dossier_takes_its_files_over_and_its_receipt_proves_them(
    session, add, page, pdf, attached, kiosk, keys, clock, means, store
):
    add(page, attempt=attached.attempt)
    add(pdf, attempt=attached.attempt)
    add(page, "never answered so", attempt=attached.attempt)
    dossier = filed(session, attached, kiosk, keys, clock)
    proof = adopting.proof_of(session, dossier)
    assert proof.splitlines()[1:3] == [f"1.1 {PAPER} image 1 {page.sha256}", f"1.1.1 {page.sha256}"]
    assert [line.split()[1] for line in proof.splitlines()[4:]] == list(pdf.page_hashes)
    assert dossier.papers_hash == hashlib.sha256(proof.encode()).hexdigest()
    (event,) = session.scalars(select(Event).filter_by(kind="submitted", dossier_id=dossier.id))
    assert (event.facts["files"], event.facts["pages"], event.facts["papers_hash"]) == (
        2,
        4,
        dossier.papers_hash,
    )

    facts = facts_of(dossier.receipt, keys)
    small, official = as_text(kiosk_receipt(facts)), as_text(form_01(facts))
    for text in (small, official):
        assert grouped_hash(dossier.papers_hash).replace(" ", "") in "".join(text.split())
    assert "1 giấy, 4 trang" in small and grouped_hash(pdf.page_hashes[2], upto=16).replace(
        " ", ""
    ) in "".join(small.split())
    assert "Bản điện tử" in official

    clock.now += files.LASTS + FRESH
    assert rounds.wipe_dead(session, means) == 1, "what was not filed"
    assert count(session) == 2
    with pytest.raises(NoSuchFile):  # nobody changes what was handed in
        captures.remove(
            session, session.scalars(select(DocumentFile.id)).first(), attempt=attached.attempt, now=clock()
        )


def test_an_attached_paper_without_a_file_is_missing(session, attached, kiosk, keys, clock):
    with pytest.raises(UnfinishedDossier) as told:
        filed(session, attached, kiosk, keys, clock)
    assert [(fault.key, fault.code) for fault in told.value.facts["faults"]] == [(PAPER, "no_file")]


@pytest.mark.parametrize("said", list(VirusScanned))
def test_what_clamav_says_is_written_down_and_silence_is_never_clean(
    said, session, add, page, keys, clock, means, store
):
    file = add(page).file
    asked: list[bytes] = []
    means = replace(means, ask=lambda content: (asked.append(content), said)[1])
    assert rounds.ask_about_files(session, means) == [(file.id, said)]
    (row,) = captures.files_of(session, ATTEMPT)
    assert row.scan_state == said and asked == [page.content]
    assert viruses.due(session, now=clock()) == []
    clock.now += viruses.AGAIN + timedelta(minutes=1)
    assert bool(viruses.due(session, now=clock())) is (said is VirusScanned.NOT_SCANNED), "asked again later"
    if said is VirusScanned.INFECTED:
        assert row.is_held_back
        with pytest.raises(NoSuchFile):
            captures.page_picture(session, file.id, 1, attempt=ATTEMPT, store=store, keys=keys)
        assert session.scalars(select(Event).filter_by(kind="file_held_back")).one().facts["file"] == file.id


def test_without_clamav_nothing_is_asked(session, add, page, means):
    add(page)
    assert rounds.ask_about_files(session, means) == []
    assert captures.files_of(session, ATTEMPT)[0].scan_state == "not_scanned"
