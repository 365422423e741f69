"""What both sides of a hand-over list do alike: scan, look twice, take out, close, confirm, resolve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol

from flask import Response, request

from intake.db import db
from intake.post.manifest_lists import ManifestView, part_of
from intake.post.manifests import add_item, close, drop, item_number_of, line_of
from intake.post.reconciling import agree, line_at_hand, mark, resolve, scan_in
from intake.records import Manifest
from intake.rules.answers import Fault
from intake.rules.manifest_words import DIRECTIONS, OUTCOMES, RESOLUTIONS, STATES
from intake.rules.manifests import CONFIRMED, ON_ITS_WAY, Side, State
from intake.rules.post import Outcome, Resolution
from intake.rules.refusals import NoSuchManifest, Refusal, UnfinishedNotice
from web.core import core, now
from web.staff import staff

WORDS = {"DIRECTIONS": DIRECTIONS, "OUTCOMES": OUTCOMES, "RESOLUTIONS": RESOLUTIONS, "STATES": STATES}


@dataclass(frozen=True)
class Scanned:
    """The line a scan was about. ``again``: nothing changed; ``gone``: it leaves its place on the screen."""

    line_id: int
    again: bool = False
    gone: int = 0


class Page(Protocol):
    """Draws the list; to a scan only what it changed."""

    def __call__(
        self, manifest_id: int, scanned: Scanned | None = None, *, refusal: Refusal | None = None
    ) -> Response: ...


@dataclass(frozen=True)
class Lists:
    """The lists as one side has them; ``gives`` is the direction of those it fills, ``at_hand`` holds one."""

    side: Side
    gives: str
    at_hand: Callable[[int], Manifest]
    page: Page

    def refusing(self, view: Callable[[int], Response]) -> Callable[[int], Response]:
        """A refusal is told in the red bar of the list, which stands as it was."""

        @wraps(view)
        def answered(manifest_id: int) -> Response:
            try:
                return view(manifest_id)
            except NoSuchManifest:
                raise
            except Refusal as refusal:
                db.session.rollback()
                return self.page(manifest_id, refusal=refusal)

        return answered

    def own(self, manifest_id: int, *, gives: bool) -> Manifest:
        """Each side acts on its own part of a list; raises NoSuchManifest for the other's."""
        manifest = self.at_hand(manifest_id)
        if (manifest.direction == self.gives) is not gives:
            raise NoSuchManifest
        return manifest

    def scan(self, manifest_id: int) -> Response:
        """One scan: into a list that is filled here, or of one that is scanned in."""
        manifest = self.at_hand(manifest_id)
        fills = manifest.direction == self.gives
        text = request.form.get("scan") or request.form.get("typed", "")
        number = item_number_of(db.session(), manifest.office, text.strip(), keys=core().keys)
        known = line_of(db.session(), manifest, number)
        again = known is not None and (known.scanned_at is not None or fills)
        line = (add_item if fills else scan_in)(db.session(), manifest, number, by=staff().actor, now=now())
        scanned = Scanned(line.id, again=again, gone=line.id if known is not None else 0)
        db.session.commit()
        return self.page(manifest_id, scanned)

    def look_twice(self, manifest_id: int) -> Response:
        """A second look at a line: a broken seal, another's, or the scan taken back."""
        chosen, line_id = request.form.get("outcome", ""), line_told()
        if chosen not in set(Outcome):
            raise UnfinishedNotice(faults=(Fault("outcome", "bad_choice"),))
        manifest, note = self.own(manifest_id, gives=False), request.form.get("note", "")
        mark(db.session(), manifest, line_id, Outcome(chosen), note=note, by=staff().actor, now=now())
        db.session.commit()
        return self.page(manifest_id, Scanned(line_id, gone=line_id))

    def take_out(self, manifest_id: int) -> Response:
        manifest, line_id = self.own(manifest_id, gives=True), line_told()
        drop(db.session(), manifest, line_id, by=staff().actor, now=now())
        db.session.commit()
        return self.page(manifest_id, Scanned(line_id, gone=line_id))

    def close(self, manifest_id: int) -> None:
        bag, seal = request.form.get("bag_number", ""), request.form.get("bag_seal", "")
        manifest = self.own(manifest_id, gives=True)
        close(db.session(), manifest, bag_number=bag, bag_seal=seal, by=staff().actor, now=now())
        db.session.commit()

    def agree(self, manifest_id: int) -> None:
        agree(db.session(), self.own(manifest_id, gives=True), by=staff().actor, now=now())
        db.session.commit()

    def resolve(self, manifest_id: int) -> None:
        """A discrepancy ends, as far as this side may end it."""
        manifest, chosen = self.at_hand(manifest_id), request.form.get("resolution", "")
        if chosen not in set(Resolution):
            raise UnfinishedNotice(faults=(Fault("resolution", "bad_choice"),))
        resolve(
            db.session(),
            line_at_hand(db.session(), manifest, line_told()),
            Resolution(chosen),
            note=request.form.get("note", ""),
            side=self.side,
            by=staff().actor,
            now=now(),
        )
        db.session.commit()

    def shown(self, view: ManifestView, scanned: Scanned | None, *, whole: bool) -> dict[str, Any]:
        """What every drawing of a list needs, and what this side may do with it now."""
        line = next((one for one in view.lines if scanned and one.id == scanned.line_id), None)
        return {
            "shown": view,
            "scanned": {"line": line, "again": scanned.again} if scanned and line else None,
            "moved": None if whole else scanned,
            "part_of": part_of,
            "fills": view.gives(self.side) and view.state is State.OPEN,
            "reconciles": view.takes(self.side) and view.state in ON_ITS_WAY,
            "agrees": view.gives(self.side) and view.state is State.RECEIVED,
            "confirmed": view.state in CONFIRMED,
            **WORDS,
        }


def line_told() -> int:
    """The line a form is about; 0 for nothing that could be one."""
    return id_told("line")


def id_told(field: str) -> int:
    text = request.form.get(field, "")
    return int(text) if text.isdecimal() and len(text) < 16 else 0
