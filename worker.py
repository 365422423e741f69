"""The worker: fulfils promised papers, ends deserted visits, copies the database, tells that it is alive.

Any number may run, on any hosts: a paper is claimed by one of them, a printer
has one turn. It polls, because SQLite has nothing to wait on across processes;
an idle look is one indexed read.
"""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from intake import audit, backups, broken_promises, figures, outbox, printing, readiness, saving, visits
from intake.captures import keeping, links, rounds, scan_jobs
from intake.db import db, reading
from intake.records import Heartbeat, Office, Printer

LOOK_S = 0.15  # between two looks for papers
ROUND_S = 5.0  # between two rounds of housekeeping
CHECK_S = 20.0  # between two questions to an idle printer
MOST_PRINTERS = 64  # at work at the same time; a dead one must not keep the others waiting
MOST_BATCHES = 20  # of events sealed in one round: papers do not wait for a long chain
TOLD_EVERY = timedelta(minutes=15)
RESTS = timedelta(hours=1)  # what failed; the others have their turn meanwhile
SETTLING = timedelta(minutes=10)  # after a start: a copy that is overdue does not delay the opening
NICENESS = 10  # whoever touches a screen comes first; on an idle machine it changes nothing
log = structlog.get_logger("worker")


class Worker:
    """One worker process; ``run`` returns after ``stop`` was set and its prints are settled."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.core = app.extensions["motcham"]
        self.host = self.core.settings.worker_name
        self.name = f"{self.host}:{os.getpid()}"
        # Longer than any print may take, or a slow paper would be taken for lost.
        self.lease = timedelta(seconds=2 * self.core.settings.printer_wait_s)
        self.stop = threading.Event()
        self.told = 0  # the last number of the chain that was logged,
        self.told_at: datetime | None = None  # and when
        self.at_work: dict[int, Future[None]] = {}
        self.summing: Future[None] | None = None
        self.fetching: dict[int, Future[None]] = {}  # pages, by kiosk
        self.asking: Future[None] | None = None  # ClamAV
        self.tidied_at: datetime | None = None
        self.means = rounds.Means(
            store=self.core.store,
            keys=self.core.keys,
            clock=self.core.clock,
            open_scanner=self.core.open_scanner,
            ask=self.core.check_for_virus,
        )
        self.since = self.core.clock()
        self.copying: Future[None] | None = None
        self.failed: dict[tuple[str, str], datetime] = {}  # what was to be done for whom, and when

    def run(self) -> None:
        os.nice(NICENESS)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        looks, rounds_every, checks_every = 0, round(ROUND_S / LOOK_S), round(CHECK_S / LOOK_S)
        with ThreadPoolExecutor(MOST_PRINTERS, "printer") as pool, ThreadPoolExecutor(1, "backup") as copier:
            while not self.stop.is_set():
                try:
                    with self.app.app_context():
                        if looks % rounds_every == 0:
                            self.housekeeping(db.session())
                            self.sum_up_aside(pool)
                            self.mind_papers_aside(pool)
                            self.copy(db.session(), copier)
                        self.look(pool, ask=looks % checks_every == 0)
                except SQLAlchemyError as fault:
                    # A full disk or a lost server passes; what is promised stays promised.
                    log.error("database", fault=type(fault).__name__)
                except Exception as fault:
                    _tell(fault, task="round")
                looks += 1
                self.stop.wait(LOOK_S)

    def look(self, pool: ThreadPoolExecutor, *, ask: bool) -> None:
        """Send somebody to every printer with a paper due, or with nothing to do for a while."""
        with reading():
            session = db.session()
            due = outbox.waiting_printers(session, host=self.host, now=self.core.clock())
            mine = Printer.active.is_(True), outbox.reached_from(self.host)
            idle = session.scalars(select(Printer.id).where(*mine)).all() if ask else []
            scans = scan_jobs.waiting_points(session, host=self.host, now=self.core.clock())
            session.rollback()
        for printer_id in {*due, *idle}:
            if printer_id not in self.at_work or self.at_work[printer_id].done():
                self.at_work[printer_id] = pool.submit(self.serve, printer_id, check=printer_id not in due)
        for point_id in scans:
            if point_id not in self.fetching or self.fetching[point_id].done():
                self.fetching[point_id] = pool.submit(self.fetch_pages, point_id)

    def serve(self, printer_id: int, *, check: bool) -> None:
        """Print all that is due at one printer, or ask how it is."""
        try:
            with self.app.app_context():
                if check:
                    printing.check_printer(
                        db.session(),
                        printer_id,
                        worker=self.name,
                        open_printer=self.core.open_printer,
                        clock=self.core.clock,
                        lease=self.lease,
                    )
                else:
                    while self.print_one(printer_id):
                        if self.stop.is_set():
                            return
        except Exception as fault:
            # Whatever it was, the other printers go on.
            _tell(fault, printer=printer_id)

    def print_one(self, printer_id: int) -> bool:
        outcome = printing.print_next(
            db.session(),
            printer_id,
            worker=self.name,
            open_printer=self.core.open_printer,
            keys=self.core.keys,
            clock=self.core.clock,
            lease=self.lease,
        )
        if outcome is not None:
            log.info("paper", printer=printer_id, result=outcome.result, reason=outcome.reason)
        return outcome is not None

    def housekeeping(self, session: Session) -> None:
        now = self.core.clock()
        session.merge(Heartbeat(name=self.name, at=now))
        for name in (dead := self.dead(session)):
            session.delete(session.get_one(Heartbeat, name))
        idle, called = self.core.settings.idle_wipe_s, self.core.settings.idle_called_s
        ended = visits.sweep_idle(
            session, now=now, idle=timedelta(seconds=idle), idle_called=timedelta(seconds=called)
        )
        emptied = saving.forget_expired(session, now=now)
        links.forget_links(session, now=now)
        session.commit()
        lost = outbox.release_lost(session, now=now, dead=dead)
        if ended or lost or emptied:
            log.info("round", visits_ended=ended, papers_unknown=lost, drafts_emptied=emptied)
        self.seal(session)
        self.apologise(session)
        self.look_ahead(session)

    def apologise(self, session: Session) -> None:
        """Open an apology for every same-day promise that broke since."""
        resting = self.resting("apology")
        with reading():
            broken = broken_promises.broken(session, but=resting, now=self.core.clock())
            session.rollback()
        for office_id, code in broken:
            self.attempt(session, "apology", code, partial(self.open_apology, session, office_id, code))

    def open_apology(self, session: Session, office_id: int, code: str) -> None:
        office, now = session.get_one(Office, office_id), self.core.clock()
        broken_promises.apologise(session, office, code, keys=self.core.keys, now=now)
        session.commit()

    def look_ahead(self, session: Session) -> None:
        """In the evening, whether tomorrow's paper-free day can begin."""
        with reading():
            offices = session.execute(select(Office.id, Office.code).order_by(Office.id)).all()
            session.rollback()
        resting = self.resting("readiness")
        for office_id, code in offices:
            if code not in resting:
                self.attempt(session, "readiness", code, partial(self.check_evening, session, office_id))

    def check_evening(self, session: Session, office_id: int) -> None:
        now = self.core.clock()
        with reading():
            due = readiness.evening_due(session, session.get_one(Office, office_id), now=now)
            session.rollback()
        if due is None:
            return
        found = readiness.evening(session, session.get_one(Office, office_id), now=now)
        session.commit()
        if found is not None:
            log.info("readiness", day=found.for_day.isoformat(), go=found.go)

    def attempt(self, session: Session, task: str, about: str, act: Callable[[], None]) -> None:
        """What cannot be done for one rests for a while and keeps nobody else waiting."""
        try:
            act()
        except (OperationalError, InterfaceError):
            raise  # the database itself: nobody's turn
        except Exception as fault:
            session.rollback()
            self.failed[task, about] = self.core.clock()
            _tell(fault, task=task, about=about)

    def resting(self, task: str) -> frozenset[str]:
        """For whom it failed a short while ago."""
        since = self.core.clock() - RESTS
        self.failed = {one: at for one, at in self.failed.items() if at > since}
        return frozenset(about for kind, about in self.failed if kind == task)

    def seal(self, session: Session) -> None:
        """Chain what happened since; the number and mac in the log are a copy outside the database."""
        sealed = audit.BATCH
        for _ in range(MOST_BATCHES):
            if sealed < audit.BATCH:
                break
            sealed = audit.seal(session, keys=self.core.keys, now=self.core.clock())
            session.commit()
        no, mac = audit.last_seal(session)
        session.rollback()
        now = self.core.clock()
        if no > self.told and (self.told_at is None or now - self.told_at >= TOLD_EVERY):
            log.info("chain", no=no, mac=mac)
            self.told, self.told_at = no, now

    def copy(self, session: Session, copier: ThreadPoolExecutor) -> None:
        """Have the day's backup made, if it is time and nobody else makes it; papers do not wait for it."""
        settings, now = self.core.settings, self.core.clock()
        if settings.backup_dir is None or now - self.since < SETTLING:
            return
        if self.copying is not None and not self.copying.done():
            return
        with reading():
            last = backups.last_backup(session)
            session.rollback()
        if backups.is_due(last, hour=settings.backup_hour, now=now):
            mine = backups.claim(session, now=now)
            session.commit()
            self.copying = copier.submit(self.back_up, settings.backup_dir) if mine else None

    def back_up(self, folder: Path) -> None:
        begun = self.core.clock()
        try:
            made = backups.back_up(self.core.settings.database_url, folder, now=begun)
            backups.copy_papers(self.core.settings.papers_dir, folder, now=begun)
            with self.app.app_context():
                backups.tell(db.session(), now=begun)
                db.session.commit()
            log.info("backup", file=made.name, size=made.stat().st_size)
        except (backups.BackupFailed, SQLAlchemyError, OSError) as fault:
            log.error("backup", fault=type(fault).__name__, reason=str(fault).splitlines()[0])
        except Exception as fault:
            _tell(fault, task="backup")

    def fetch_pages(self, point_id: int) -> None:
        """What lies in the document scanner of one kiosk; the others have theirs meanwhile."""
        try:
            with self.app.app_context():
                reason = rounds.fetch_pages(db.session(), point_id, self.means, worker=self.name)
            if reason is not None:
                log.info("scan", point=point_id, reason=reason)
        except Exception as fault:
            _tell(fault, task="scan", point=point_id)

    def mind_papers_aside(self, pool: ThreadPoolExecutor) -> None:
        """Files of dead drafts are wiped, new ones shown to ClamAV; neither keeps anybody waiting."""
        if self.asking is None or self.asking.done():
            self.asking = pool.submit(self.mind_papers)

    def mind_papers(self) -> None:
        try:
            with self.app.app_context():
                session, now = db.session(), self.core.clock()
                wiped = rounds.wipe_dead(session, self.means)
                if wiped:
                    log.info("papers wiped", files=wiped)
                if self.tidied_at is None or now - self.tidied_at >= keeping.TIDIES:
                    self.tidied_at = now
                    keeping.tidy(session, self.means.store, now=now)
                for file_id, said in rounds.ask_about_files(session, self.means):
                    log.info("virus scan", file=file_id, said=said)
        except SQLAlchemyError as fault:
            log.error("papers", fault=type(fault).__name__)
        except Exception as fault:
            _tell(fault, task="papers")

    def sum_up_aside(self, pool: ThreadPoolExecutor) -> None:
        """Papers do not wait for the figures of a busy day."""
        if self.summing is None or self.summing.done():
            self.summing = pool.submit(self.sum_up)

    def sum_up(self) -> None:
        """Bring the figures of the days up to what is settled: read first, then a short transaction."""
        try:
            with self.app.app_context():
                session, now = db.session(), self.core.clock()
                with reading():
                    work = figures.due(session, now=now)
                    session.rollback()
                if work is not None and figures.write(session, work):
                    session.commit()
        except SQLAlchemyError as fault:
            log.error("figures", fault=type(fault).__name__)
        except Exception as fault:
            _tell(fault, task="figures")

    def dead(self, session: Session) -> list[str]:
        """Workers of this host whose process is gone: what they held need not wait for its lease."""
        names = session.scalars(select(Heartbeat.name)).all()
        return [name for name in names if name.rpartition(":")[0] == self.host and not _alive(name)]


def _tell(fault: Exception, **known: object) -> None:
    """Its kind and place, never its text."""
    where = traceback.extract_tb(fault.__traceback__)[-1]
    log.error("fault", error=type(fault).__name__, at=f"{where.filename}:{where.lineno}", **known)


def _alive(name: str) -> bool:
    try:
        os.kill(int(name.rpartition(":")[2]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    from app import create_core
    from web import logs

    app = create_core()
    logs.install(app)
    Worker(app).run()
