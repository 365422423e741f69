"""Small per-process memories of what changes rarely, so that a screen need not read it again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

T = TypeVar("T")
_all: list[Memory[object]] = []
_ageless: ContextVar[bool] = ContextVar("ageless", default=False)


class Memory(Generic[T]):
    """Remembers a value for ``keep``, apart for every database; at most ``most`` keys for each."""

    def __init__(self, keep: timedelta, most: int = 1000) -> None:
        self._keep, self._most = keep, most
        self._known: WeakKeyDictionary[Engine, dict[Hashable, tuple[datetime, T]]] = WeakKeyDictionary()
        _all.append(self)  # type: ignore[arg-type]

    def of(self, session: Session, key: Hashable, *, now: datetime, read: Callable[[], T]) -> T:
        engine = session.get_bind().engine
        known = self._known.setdefault(engine, {})
        if (held := known.get(key)) and (_ageless.get() or abs(now - held[0]) < self._keep):
            return held[1]
        if len(known) >= self._most:
            known.clear()
        value = read()
        known[key] = (now, value)
        return value

    def clear(self) -> None:
        self._known.clear()


@contextmanager
def ageless() -> Iterator[None]:
    """Inside, what is remembered grows no older: for a past that is replayed in seconds."""
    token = _ageless.set(True)
    try:
        yield
    finally:
        _ageless.reset(token)


def forget_all() -> None:
    """After an edit in this process; other processes follow when their time is up."""
    for memory in _all:
        memory.clear()
