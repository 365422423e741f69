"""Where the bytes of papers lie: sealed, by what they are, on disk before anything is said about them."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from intake.keys import Keys

FRESH = timedelta(minutes=2)  # somebody may be about to write a row about it
_ADDRESS = "paper.address"
_PURPOSE = "paper.content"
_TRASH = "trash"
_NEW = ".new-"


class Missing(Exception):
    """The store has no such content, or not any more."""


def address_of(sha256: str, keys: Keys) -> str:
    """Where content of this hash lies: equal for equal content, and says nothing without the key."""
    return keys.fingerprint(sha256, _ADDRESS)


class Store:
    """Files named by ``address_of``, under folders of their first two digits.

    Content is there whole or not at all, also when the machine loses its
    power: file and folder are on disk before ``put`` returns. Two drafts may
    share one file, so nothing is unlinked that was touched within FRESH or
    that somebody needs; see ``discard``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, address: str, content: bytes, *, keys: Keys, now: datetime) -> None:
        """Seal and keep ``content``; what is there already is only marked as fresh. OSError: the disk."""
        place = self._place(address)
        try:
            self._touch(place, now)
        except FileNotFoundError:
            self._write(place, keys.seal_bytes(content, f"{_PURPOSE}.{address}"), now)
        _sync(place.parent)  # also of what was there: whoever wrote it may not be that far yet

    def _write(self, place: Path, sealed: bytes, now: datetime) -> None:
        self._make_folder(place.parent)
        handle, draft = tempfile.mkstemp(dir=place.parent, prefix=_NEW)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            self._touch(Path(draft), now)
            os.replace(draft, place)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(draft)
            raise

    def get(self, address: str, *, keys: Keys) -> bytes:
        """The content, opened; Missing, or Unsealable when the file was altered or exchanged."""
        home = self._place(address)
        for place in (home, self._trashed(address), home):  # it may be on its way back
            with contextlib.suppress(FileNotFoundError):
                return keys.unseal_bytes(place.read_bytes(), f"{_PURPOSE}.{address}")
        raise Missing(address)

    def discard(self, address: str, *, needed: Callable[[str], bool], now: datetime) -> bool:
        """Wipe content that nobody needs; whether it is gone.

        ``needed`` asks the database and is asked after the file was moved out
        of the way: who put the same content before finds it fresh and brings
        it back here, who puts it after writes it anew.
        """
        place, aside = self._place(address), self._trashed(address)
        self._make_folder(aside.parent)
        with contextlib.suppress(FileNotFoundError):
            if self._is_fresh(place, now):
                return False
            os.replace(place, aside)
        return self._settle(address, needed, now)

    def settle_trash(self, *, needed: Callable[[str], bool], now: datetime) -> int:
        """What a process left half discarded when it died is decided; how many files are gone."""
        folder = self.folder / _TRASH
        names = [entry.name for entry in os.scandir(folder)] if folder.is_dir() else []
        return sum(self._settle(name, needed, now) for name in names)

    def addresses(self) -> Iterator[str]:
        """All that is kept."""
        for first in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            for entry in os.scandir(first):
                if not entry.name.startswith("."):  # half written, or a mark of the backup it came from
                    yield entry.name

    def clear_drafts(self, *, now: datetime) -> None:
        """Wipe what a killed process had begun to write."""
        for draft in self.folder.glob(f"[0-9a-f][0-9a-f]/{_NEW}*"):
            with contextlib.suppress(FileNotFoundError):
                if not self._is_fresh(draft, now):
                    draft.unlink()

    def _settle(self, address: str, needed: Callable[[str], bool], now: datetime) -> bool:
        place, aside = self._place(address), self._trashed(address)
        if not aside.exists():
            return not place.exists()
        if self._is_fresh(aside, now) or needed(address):
            if place.exists():  # it was put anew meanwhile
                aside.unlink(missing_ok=True)
            else:
                self._make_folder(place.parent)
                os.replace(aside, place)
                _sync(place.parent)
            return False
        aside.unlink(missing_ok=True)
        _sync(aside.parent)
        return True

    def _place(self, address: str) -> Path:
        if len(address) != 64 or not address.isalnum():
            raise ValueError(f"no address: {address!r}")
        return self.folder / address[:2] / address

    def _trashed(self, address: str) -> Path:
        return self.folder / _TRASH / address

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make_folder(folder.parent)
            folder.mkdir(mode=0o700, exist_ok=True)
            _sync(folder.parent)

    def _touch(self, place: Path, now: datetime) -> None:
        os.utime(place, (now.timestamp(), now.timestamp()))

    def _is_fresh(self, place: Path, now: datetime) -> bool:
        return now.timestamp() - place.stat().st_mtime < FRESH.total_seconds()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
