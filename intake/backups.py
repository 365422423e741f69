"""Copies of the database that can be restored: consistent while the office works, checked, a few kept."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile, which

from sqlalchemy import URL, make_url, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from intake.records import Heartbeat
from intake.rules.calendar import local

DONE, BEGUN = "backup", "backup begun"  # names of heartbeats; those of workers have a colon
KEPT = 14
AGAIN = timedelta(hours=1)  # after one that failed
FRESH = timedelta(hours=26)  # a day, and what a large database takes
_STAMP = "%Y-%m-%d-%H%M%S"
_SUFFIXES = {"sqlite": ".db", "postgresql": ".dump"}


class BackupFailed(Exception):  # told to whoever runs the machine
    """No copy was made; the message says why. What was there before is untouched."""


def back_up(url: str, folder: Path, *, now: datetime, kept: int = KEPT) -> Path:
    """Copy the database of ``url`` into ``folder``; the newest ``kept`` stay. Returns the file.

    It is written aside, read back whole and on the disk before it takes its
    name: a file with that name is a backup. Blocks as long as it takes, and
    nobody else: neither SQLite's copy nor pg_dump holds up a writer. Raises
    BackupFailed.
    """
    place = make_url(url)
    kind = place.get_backend_name()
    stamp = f"{local(now):{_STAMP}}"
    part = folder / f".motcham-{stamp}-{os.getpid()}.part"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            _copy_sqlite(place, part) if kind == "sqlite" else _dump_postgresql(place, part)
            _onto_the_disk(part)
            made = folder / f"motcham-{stamp}{_SUFFIXES[kind]}"
            part.replace(made)
        finally:
            part.unlink(missing_ok=True)
        _onto_the_disk(folder)
        _remove_old(folder, _SUFFIXES[kind], kept, now)
    except (OSError, sqlite3.Error) as fault:
        raise BackupFailed(f"{folder}: {fault}") from fault
    return made


def copy_papers(papers: Path, folder: Path, *, now: datetime) -> int:
    """Bring the copy of the files of papers up to date, in ``folder``/papers; how many were new.

    After the database, so that every file its copy tells of is there. A file is
    named by its content and never changes: what is there is not copied again,
    and what was wiped goes from the copy as the old copies of the database do,
    after KEPT days. Raises BackupFailed.
    """
    there, copied, seen = folder / "papers", 0, set()
    try:
        for file in sorted(papers.glob("[0-9a-f][0-9a-f]/[0-9a-f]*")):
            target = there / file.parent.name / file.name
            seen.add(target)
            if not target.exists():
                copied += _copy_file(file, target)
        for folder_of in {target.parent for target in seen}:
            _onto_the_disk(folder_of)
        _forget_papers(there, seen, now)
    except OSError as fault:
        raise BackupFailed(f"{folder}: {fault}") from fault
    return copied


def is_due(last: datetime | None, *, hour: int, now: datetime) -> bool:
    """Whether none was made since the clock in Vietnam last showed ``hour``; one missed is made up for."""
    here = local(now)
    slot = here.replace(hour=hour, minute=0, second=0, microsecond=0)
    if slot > here:
        slot -= timedelta(days=1)
    return last is None or last < slot


def last_backup(session: Session) -> datetime | None:
    """When the last good one began."""
    beat = session.get(Heartbeat, DONE)
    return beat.at if beat else None


def claim(session: Session, *, now: datetime) -> bool:
    """Whether the caller is to make it: of many workers one, and not sooner than AGAIN after another try."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    long_ago = insert(Heartbeat).values(name=BEGUN, at=now - 2 * AGAIN)
    session.execute(long_ago.on_conflict_do_nothing(index_elements=["name"]))
    mine = update(Heartbeat).where(Heartbeat.name == BEGUN, Heartbeat.at <= now - AGAIN).values(at=now)
    taken = session.execute(mine, execution_options={"synchronize_session": False})
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def tell(session: Session, *, now: datetime) -> None:
    """Remember that one was made that shows the database as of ``now``."""
    session.merge(Heartbeat(name=DONE, at=now))


def _copy_sqlite(place: URL, part: Path) -> None:
    """In one step: a copy in many begins anew with every write of somebody else, and might never end."""
    source = f"{Path(place.database or '').resolve().as_uri()}?mode=rw"
    with closing(sqlite3.connect(source, uri=True)) as live, closing(sqlite3.connect(part)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise BackupFailed(f"the copy is damaged, and so may be the database: {verdict}")


def _dump_postgresql(place: URL, part: Path) -> None:
    """pg_dump in its own format, of which pg_restore takes single tables as well."""
    told = place.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    # Not on the command line, where everybody on the machine reads it.
    secret = {"PGPASSWORD": str(place.password)} if place.password else {}
    _run(["pg_dump", "--format=custom", "--no-password", f"--file={part}", f"--dbname={told}"], secret)
    _run(["pg_restore", "--list", str(part)], {})


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    program = which(command[0])
    if program is None:
        raise BackupFailed(f"{command[0]} is not on this machine: install the client programs of PostgreSQL")
    done = subprocess.run(
        [program, *command[1:]], env={**os.environ, **environment}, capture_output=True, text=True
    )
    if done.returncode:
        last = (done.stderr.strip() or "no reason given").splitlines()[-1]
        raise BackupFailed(f"{command[0]}: {last}")


def _copy_file(file: Path, target: Path) -> int:
    """1 when it was copied, 0 when it was wiped meanwhile."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.parent / f".part-{file.name}"
    try:
        copyfile(file, part)
    except FileNotFoundError:
        part.unlink(missing_ok=True)
        return 0
    part.chmod(0o600)
    _onto_the_disk(part)
    part.replace(target)
    return 1


def _forget_papers(there: Path, seen: set[Path], now: datetime) -> None:
    """What is not among the papers any more is marked, and gone KEPT days later."""
    for old in there.glob("[0-9a-f][0-9a-f]/[0-9a-f]*"):
        mark = old.parent / f".gone-{old.name}"
        if old in seen:
            mark.unlink(missing_ok=True)
        elif not mark.exists():
            mark.write_text(now.isoformat(), encoding="ascii")
        elif datetime.fromisoformat(mark.read_text(encoding="ascii")) < now - timedelta(days=KEPT):
            old.unlink(missing_ok=True)
            mark.unlink(missing_ok=True)


def _onto_the_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_old(folder: Path, suffix: str, kept: int, now: datetime) -> None:
    """All but the newest, and pieces a dead process left; the names sort by time."""
    for old in sorted(folder.glob(f"motcham-????-??-??-??????{suffix}"))[:-kept]:
        old.unlink(missing_ok=True)
    yesterday = f".motcham-{local(now - timedelta(days=1)):{_STAMP}}"
    for left in folder.glob(".motcham-*.part*"):
        if left.name < yesterday:
            left.unlink(missing_ok=True)
