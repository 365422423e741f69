"""The store of papers: sealed, by content, on disk before anything is said, and never too little."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from build import FRIDAY
from intake.captures.store import FRESH, Missing, Store, address_of
from intake.keys import Keys, Unsealable

KEYS = Keys(data_key=b"d" * 32, receipt_key=b"r" * 32)
LATER = FRIDAY + 2 * FRESH
A, B = address_of("aa" * 32, KEYS), address_of("bb" * 32, KEYS)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "papers")


def files_in(store):
    return sorted(one for one in store.folder.rglob("*") if one.is_file())


def test_what_is_put_comes_back_and_nobody_else_reads_it(store):
    store.put(A, b"giay khai sinh", keys=KEYS, now=FRIDAY)
    (file,) = files_in(store)
    assert store.get(A, keys=KEYS) == b"giay khai sinh"
    assert b"khai sinh" not in file.read_bytes() and "aa" * 32 not in file.name
    assert file.stat().st_mode & 0o077 == 0 and file.parent.stat().st_mode & 0o077 == 0


def test_the_same_content_lies_there_once(store):
    for _ in range(2):
        store.put(A, b"same", keys=KEYS, now=FRIDAY)
    assert len(files_in(store)) == 1 and list(store.addresses()) == [A]


def test_a_file_that_was_altered_or_exchanged_does_not_open(store):
    store.put(A, b"one", keys=KEYS, now=FRIDAY)
    store.put(B, b"two", keys=KEYS, now=FRIDAY)
    one, two = store._place(A), store._place(B)
    os.replace(two, one)
    with pytest.raises(Unsealable):
        store.get(A, keys=KEYS)
    with pytest.raises(Missing):
        store.get(B, keys=KEYS)


def test_file_and_folder_are_on_disk_before_put_returns(store, monkeypatch):
    synced: list[str] = []
    real = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda handle: (synced.append(os.readlink(f"/proc/self/fd/{handle}")), real(handle))
    )
    store.put(A, b"one", keys=KEYS, now=FRIDAY)
    folder = str(store.folder / A[:2])
    assert any(Path(one).name.startswith(".new-") for one in synced), "the bytes"
    assert synced[-1] == folder, "the name, last of all"
    assert str(store.folder) in synced, "a folder that is new, too"


def test_content_is_wiped_when_nobody_needs_it_and_not_before(store):
    store.put(A, b"one", keys=KEYS, now=FRIDAY)
    assert not store.discard(A, needed=lambda _: False, now=FRIDAY), "somebody may be about to need it"
    assert not store.discard(A, needed=lambda _: True, now=LATER)
    assert store.get(A, keys=KEYS) == b"one"
    assert store.discard(A, needed=lambda _: False, now=LATER)
    assert files_in(store) == []


def test_what_another_draft_puts_while_it_is_discarded_stays(store):
    """The row of the second draft is not committed when the database is asked."""
    store.put(A, b"one", keys=KEYS, now=FRIDAY)

    def meanwhile(_address):
        store.put(A, b"one", keys=KEYS, now=LATER)
        return False

    store.discard(A, needed=meanwhile, now=LATER)
    assert store.get(A, keys=KEYS) == b"one"


def test_what_another_draft_found_there_while_it_is_discarded_stays(store, monkeypatch):
    store.put(A, b"one", keys=KEYS, now=FRIDAY)
    real = os.replace

    def found_just_before(source, target):
        if str(source).endswith(A):
            os.utime(source, (LATER.timestamp(), LATER.timestamp()))
        real(source, target)

    monkeypatch.setattr(os, "replace", found_just_before)
    assert not store.discard(A, needed=lambda _: False, now=LATER + timedelta(seconds=1))
    assert store.get(A, keys=KEYS) == b"one" and len(files_in(store)) == 1


def test_marks_of_a_backup_that_was_copied_back_are_no_content(store):
    store.put(A, b"paper", keys=KEYS, now=FRIDAY)
    for mark in (".gone-", ".part-"):
        (store._place(A).parent / f"{mark}{B}").write_text("2026-11-20")
    assert list(store.addresses()) == [A]


def test_what_a_killed_process_left_half_done_is_settled(store):
    store.put(A, b"one", keys=KEYS, now=FRIDAY)
    store.put(B, b"two", keys=KEYS, now=FRIDAY)
    for address in (A, B):
        (store.folder / "trash").mkdir(exist_ok=True)
        os.replace(store._place(address), store._trashed(address))
    half = store._place(A).parent / ".new-half"
    half.write_bytes(b"x")
    os.utime(half, (FRIDAY.timestamp(), FRIDAY.timestamp()))
    assert store.get(A, keys=KEYS) == b"one", "also while it is aside"
    store.clear_drafts(now=LATER)
    assert store.settle_trash(needed=lambda address: address == A, now=LATER) == 1
    assert files_in(store) == [store._place(A)]


PUTTING = """
import sys, hashlib
from datetime import UTC, datetime
from pathlib import Path
from intake.captures.store import Store, address_of
from intake.keys import Keys
keys, store = Keys(data_key=b"d" * 32, receipt_key=b"r" * 32), Store(Path(sys.argv[1]))
for number in range(100000):
    content = f"{number} ".encode() * 20000
    address = address_of(hashlib.sha256(content).hexdigest(), keys)
    store.put(address, content, keys=keys, now=datetime(2026, 11, 20, tzinfo=UTC))
    print(number, address, flush=True)
"""


def test_killing_it_at_any_moment_loses_nothing_it_acknowledged(tmp_path):
    store, root = Store(tmp_path / "papers"), Path(__file__).resolve().parents[2]
    for wait in (0.003, 0.021, 0.05):
        writer = subprocess.Popen(
            [sys.executable, "-c", PUTTING, str(store.folder)], stdout=subprocess.PIPE, cwd=root, text=True
        )
        first = writer.stdout.readline()
        time.sleep(wait)
        writer.send_signal(signal.SIGKILL)
        told = [first, *writer.stdout.readlines()]
        writer.wait()
        writer.stdout.close()
        for line in told:
            if not line.endswith("\n"):
                continue
            number, address = line.split()
            assert store.get(address, keys=KEYS) == f"{number} ".encode() * 20000
        for address in store.addresses():
            assert store.get(address, keys=KEYS), "whole, or not at all"
