"""What the application hands to every face: settings, keys, and the clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol, cast

from flask import current_app

from intake.captures.store import Store
from intake.keys import Keys
from intake.ports import Printer


class FaceSettings(Protocol):
    """The settings that faces use; ``settings.Settings`` has them."""

    @property
    def data(self) -> Path: ...
    @property
    def public_url(self) -> str: ...
    @property
    def hosts(self) -> frozenset[str]: ...
    @property
    def tls_dir(self) -> Path: ...
    @property
    def serves_tls(self) -> bool: ...
    @property
    def plain_http(self) -> bool: ...
    @property
    def metrics_open(self) -> bool: ...
    @property
    def starts_per_minute(self) -> int: ...
    @property
    def tray_port(self) -> int: ...
    @property
    def idle_warn_s(self) -> int: ...
    @property
    def idle_wipe_s(self) -> int: ...
    @property
    def idle_called_s(self) -> int: ...
    @property
    def staff_idle_s(self) -> int: ...
    @property
    def staff_longest_s(self) -> int: ...
    @property
    def secure_cookies(self) -> bool: ...
    @property
    def clamd(self) -> str: ...
    @property
    def pad_keys(self) -> Mapping[str, str]: ...


class Core(Protocol):
    """What ``app.py`` assembles; faces see only this much of it."""

    @property
    def settings(self) -> FaceSettings: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def store(self) -> Store: ...
    def clock(self) -> datetime: ...
    def open_printer(self, url: str, /) -> Printer:
        """The printer at this address, not opened yet; ValueError for an address of none."""
        ...

    def speak(self, words: str, language: str, /) -> bytes | None:
        """A WAV of these words by this machine's voice; None where it has none for the language."""
        ...

    def speaks(self) -> bool:
        """Whether this machine has a voice at all."""
        ...


def core() -> Core:
    return cast(Core, current_app.extensions["motcham"])


def now() -> datetime:
    """This moment by the application's clock (UTC, aware); tests set another clock."""
    return core().clock()
