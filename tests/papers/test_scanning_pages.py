"""Pages asked of a kiosk's scanner at its screen, fetched by a worker, told in one word when they fail."""

from __future__ import annotations

from datetime import timedelta

import pytest

import papersway as way
from intake import captures, visits
from intake.captures import rounds, scan_jobs
from intake.ports import ScannerFailed, ScanTrouble
from intake.records import ScanJob
from intake.rules.refusals import NoDocumentScanner

PAGE = way.a_file(way.a_page(620, 877), "PNG")
ATTEMPT, PAPER = "attempt-1", "form"


class FakeScanner:
    """Gives pages, or fails; ``meanwhile`` happens while paper moves."""

    def __init__(self, pages=(PAGE,), trouble=None, meanwhile=lambda: None):
        self.pages, self.trouble, self.meanwhile = tuple(pages), trouble, meanwhile

    def scan(self):
        self.meanwhile()
        if self.trouble is not None:
            raise ScannerFailed(self.trouble, self.pages)
        return self.pages


@pytest.fixture
def visit(session, kiosk, keys, clock):
    kiosk.scanner = "test:0"
    visit, _ = visits.begin(session, kiosk, now=clock(), keys=keys)
    session.commit()
    return visit


@pytest.fixture
def fetch(house, session, keys, clock, kiosk):
    def fetch(scanner):
        means = rounds.Means(
            store=house.app.extensions["motcham"].store,
            keys=keys,
            clock=clock,
            open_scanner=lambda device: scanner,
        )
        return rounds.fetch_pages(session, kiosk.id, means, worker="tests:1")

    return fetch


@pytest.fixture
def ask(session, visit, clock):
    def ask():
        job = captures.ask_scan(session, visit, PAPER, attempt=ATTEMPT, now=clock())
        session.commit()
        return job

    return ask


def state(session, visit, clock):
    return captures.scan_state(session, visit, PAPER, now=clock())


def test_all_pages_of_the_feeder_become_files_of_the_paper(session, visit, ask, fetch, clock):
    assert state(session, visit, clock).state == "none"
    job = ask()
    assert ask().id == job.id, "a second tap is the same scan"
    assert scan_jobs.waiting_points(session, host="tests", now=clock()) == [visit.point.id]
    session.rollback()
    assert fetch(FakeScanner([PAGE, way.a_file(way.a_page(640, 880), "PNG")])) == ""
    told = state(session, visit, clock)
    assert (told.state, len(told.added)) == ("done", 2)
    rows = captures.files_of(session, ATTEMPT, PAPER)
    assert [(row.id, row.way, row.position) for row in rows] == [
        (told.added[0], "scanner", 1),
        (told.added[1], "scanner", 2),
    ]
    assert fetch(FakeScanner()) is None, "nothing is left to do"
    assert ask().id != job.id, "the next page"


@pytest.mark.parametrize("trouble", [ScanTrouble.JAMMED, ScanTrouble.NO_ANSWER])
def test_a_scan_that_fails_says_why_and_keeps_the_pages_before(trouble, session, visit, ask, fetch, clock):
    ask()
    assert fetch(FakeScanner([PAGE], trouble)) == trouble
    told = state(session, visit, clock)
    assert (told.state, told.reason, len(told.added)) == ("failed", trouble, 1)
    ask()
    assert fetch(FakeScanner()) == "" and state(session, visit, clock).state == "done", "and is tried again"


def test_a_page_that_cannot_be_read_says_so(session, visit, ask, fetch, clock):
    ask()
    assert fetch(FakeScanner([PAGE[:3000]])) == "truncated_file"
    assert state(session, visit, clock).reason == "truncated_file"


def test_a_fault_of_ours_ends_the_scan_too(session, visit, ask, fetch, clock):
    ask()

    def broken():
        raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError):
        fetch(FakeScanner(meanwhile=broken))
    assert state(session, visit, clock).state == "failed"


def test_pages_of_somebody_who_left_are_not_kept(session, visit, ask, fetch, clock):
    ask()

    def leave():
        visits.end(session, visit, reason="idle", now=clock())
        session.commit()

    assert fetch(FakeScanner(meanwhile=leave)) == "visit_over"
    assert captures.files_of(session, ATTEMPT) == []


def test_nobody_waits_for_a_worker_that_is_not_there_or_died(session, visit, ask, fetch, clock, kiosk):
    ask()
    clock.now += scan_jobs.UNCLAIMED + timedelta(seconds=1)
    assert (state(session, visit, clock).state, state(session, visit, clock).reason) == (
        "failed",
        "no_answer",
    )
    assert fetch(FakeScanner()) is None, "what was given up is not scanned into the next person's dossier"
    job = ask()
    assert scan_jobs.claim(session, kiosk.id, worker="a:1", now=clock()).id == job.id
    assert scan_jobs.claim(session, kiosk.id, worker="b:2", now=clock()) is None
    session.commit()
    clock.now += scan_jobs.LEASE + timedelta(seconds=1)
    assert state(session, visit, clock).state == "failed"


def test_a_long_scan_is_waited_for_as_long_as_pages_come(session, visit, ask, kiosk, clock, house, keys):
    ask()
    job = scan_jobs.claim(session, kiosk.id, worker="a:1", now=clock())
    page, store = captures.prepare(PAGE, way="scanner"), house.app.extensions["motcham"].store
    for _ in range(2):
        clock.now += scan_jobs.LEASE - timedelta(seconds=1)
        assert scan_jobs.keep_page(session, job, page, store=store, keys=keys, now=clock())
    assert state(session, visit, clock).is_open


def test_only_the_worker_beside_the_scanner_fetches(session, visit, ask, kiosk, clock):
    kiosk.scanner_host = "kiosk-1"
    ask()
    assert scan_jobs.waiting_points(session, host="centre", now=clock()) == []
    assert scan_jobs.waiting_points(session, host="kiosk-1", now=clock()) == [kiosk.id]


def test_a_kiosk_without_a_scanner_is_asked_for_nothing(session, visit, kiosk, clock):
    kiosk.scanner = ""
    with pytest.raises(NoDocumentScanner):
        captures.ask_scan(session, visit, PAPER, attempt=ATTEMPT, now=clock())
    assert session.query(ScanJob).count() == 0
