"""A copy of the database: whole, private, checked, made once a day by one worker."""

from __future__ import annotations

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from build import FRIDAY, vietnam
from conftest import House
from intake import backups, printers
from intake.db import db
from intake.records import Dossier, Heartbeat
from worker import SETTLING, Worker


def url_of(house: House) -> str:
    return house.app.extensions["motcham"].settings.database_url


def test_a_copy_holds_what_was_committed(house: House, session, lans_dossier: Dossier, tmp_path: Path):
    made = backups.back_up(url_of(house), tmp_path / "copies", now=FRIDAY)
    assert [one.name for one in made.parent.iterdir()] == [made.name]
    assert made.stem == "motcham-2026-11-20-101500"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    if made.suffix == ".dump":
        assert made.read_bytes().startswith(b"PGDMP")
        return
    with closing(sqlite3.connect(made)) as copy:
        assert copy.execute("SELECT dossier_code FROM dossier").fetchall() == [(lans_dossier.dossier_code,)]


def test_a_copy_is_made_while_somebody_writes(house: House, session, tmp_path: Path):
    session.merge(Heartbeat(name="a:1", at=FRIDAY))
    session.flush()
    assert backups.back_up(url_of(house), tmp_path, now=FRIDAY).exists()
    session.commit()


def test_the_newest_fourteen_are_kept_and_nothing_else_is_touched(house: House, tmp_path: Path):
    (tmp_path / "mine.db").write_text("x")
    (tmp_path / ".motcham-2026-11-01-020000-77.part").write_text("of a worker that died")
    for day in range(20):
        (tmp_path / f"motcham-2026-10-{day + 1:02}-020000.db").write_text("x")
        (tmp_path / f"motcham-2026-10-{day + 1:02}-020000.dump").write_text("x")
    made = backups.back_up(url_of(house), tmp_path, now=FRIDAY)
    kept = sorted(tmp_path.glob(f"motcham-*{made.suffix}"))
    assert (len(kept), kept[0].stem, kept[-1]) == (14, "motcham-2026-10-08-020000", made)
    assert not list(tmp_path.glob(".*"))
    assert (tmp_path / "mine.db").exists() and len(list(tmp_path.glob("motcham-*"))) == 14 + 20


def test_a_damaged_database_gives_no_backup(tmp_path: Path):
    live = tmp_path / "live.db"
    with closing(sqlite3.connect(live)) as made:
        made.execute("CREATE TABLE t (x)")
        made.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 200)
        made.execute("CREATE INDEX i ON t (x)")
        made.commit()
    with live.open("r+b") as file:
        file.seek(4096 * 4)
        file.write(b"\x00" * 4096)
    with pytest.raises(backups.BackupFailed):
        backups.back_up(f"sqlite:///{live}", tmp_path / "copies", now=FRIDAY)
    assert list((tmp_path / "copies").iterdir()) == []


def test_where_no_folder_can_be_it_says_so(sqlite_house: House, tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(backups.BackupFailed, match="file"):
        backups.back_up(url_of(sqlite_house), tmp_path / "file", now=FRIDAY)


def test_without_pg_dump_it_says_what_to_install(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(backups.BackupFailed, match="pg_dump is not on this machine"):
        backups.back_up("postgresql+psycopg://nobody@/nothing", tmp_path / "copies", now=FRIDAY)


def test_one_a_day_and_one_missed_is_made_up_for():
    def due(last, now):
        return backups.is_due(last, hour=2, now=now)

    assert due(None, FRIDAY)
    assert not due(vietnam(20, 2, 0), FRIDAY)
    assert due(vietnam(19, 2, 0), FRIDAY)  # the machine was off in the night
    assert not due(vietnam(19, 2, 0), vietnam(20, 1, 59))
    assert due(vietnam(19, 2, 0), vietnam(20, 2, 0))


def test_of_many_workers_one_makes_it(house: House, session):
    def one(_number: int) -> bool:
        with house.app.app_context():
            mine = backups.claim(db.session(), now=FRIDAY)
            db.session.commit()
            return mine

    session.rollback()
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [False, False, False, True]
    assert not backups.claim(session, now=FRIDAY + timedelta(minutes=59))
    assert backups.claim(session, now=FRIDAY + timedelta(hours=1))  # the first one failed


@pytest.fixture
def worker(house: House, tmp_path: Path) -> Worker:
    worker = Worker(house.app)
    core = house.app.extensions["motcham"]
    worker.core = replace(core, settings=replace(core.settings, backup_dir=tmp_path / "copies"))
    return worker


def test_the_worker_makes_it_beside_its_work_and_tells(house: House, session, clock, worker: Worker):
    def a_round() -> int:
        with ThreadPoolExecutor(1) as copier:
            worker.copy(session, copier)
        session.expire_all()
        return len(list(worker.core.settings.backup_dir.glob("motcham-*")))

    assert a_round() == 0  # just started
    clock.now += SETTLING
    assert a_round() == 1
    assert backups.last_backup(session) == clock()
    assert a_round() == 1
    clock.now += timedelta(days=1)
    assert a_round() == 2


def test_its_heartbeat_is_no_worker(house: House, session, clock):
    backups.tell(session, now=clock())
    backups.claim(session, now=clock())
    session.commit()
    worker = Worker(house.app)
    worker.housekeeping(session)
    assert backups.last_backup(session) == clock()
    assert session.scalar(select(func.count()).select_from(Heartbeat)) == 3
    assert printers.hosts(session) == ["tests"]
    clock.now += timedelta(minutes=2)
    backups.tell(session, now=clock())
    session.commit()
    health = house.app.test_client().get("/healthz").get_json()
    assert health["worker"].startswith("silent")


def test_the_command_makes_one_and_says_where(house: House, session, tmp_path: Path):
    session.rollback()
    done = house.app.test_cli_runner().invoke(args=["backup", "--to", str(tmp_path / "stick")])
    assert done.exit_code == 0 and "motcham-2026-11-20-101500" in done.output
    assert backups.last_backup(session) == FRIDAY


def test_files_of_papers_are_copied_once_and_leave_as_old_copies_do(tmp_path: Path):
    papers, copies = tmp_path / "papers", tmp_path / "copies"
    for name in ("ab" * 32, "cd" * 32):
        (papers / name[:2]).mkdir(parents=True)
        (papers / name[:2] / name).write_bytes(name.encode())
    (papers / "ab" / ".new-half").write_bytes(b"half")
    assert backups.copy_papers(papers, copies, now=FRIDAY) == 2
    assert backups.copy_papers(papers, copies, now=FRIDAY) == 0
    kept = copies / "papers" / "cd" / ("cd" * 32)
    assert kept.read_bytes() == b"cd" * 32 and not list(copies.rglob(".*"))
    (papers / "cd" / ("cd" * 32)).unlink()
    for days, there in ((0, True), (backups.KEPT, True), (backups.KEPT + 1, False)):
        backups.copy_papers(papers, copies, now=FRIDAY + timedelta(days=days))
        assert kept.exists() is there
    assert backups.copy_papers(tmp_path / "none yet", copies, now=FRIDAY) == 0
