"""A notice on the printer of a counter, as a strip somebody takes home."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake import events, outbox
from intake.events import Actor
from intake.records import AcceptancePoint, Dossier, Errand, Notice, Office
from intake.reprinting import MAX_COPIES
from intake.rules.refusals import NoSuchNotice, TooManyCopies, UnknownPrinter


def notice_of(session: Session, office: Office, dossier_code: str, notice_id: int) -> Notice:
    """The notice of that dossier of ``office``, issued or proposed; NoSuchNotice otherwise."""
    found = session.scalar(
        select(Notice)
        .join(Dossier)
        .where(
            Notice.id == notice_id,
            Notice.state != "withdrawn",
            Dossier.office_id == office.id,
            Dossier.dossier_code == dossier_code,
        )
    )
    if found is None:
        raise NoSuchNotice
    return found


def print_notice(
    session: Session, notice: Notice, point: AcceptancePoint | None, *, by: Actor, now: datetime
) -> None:
    """Promise another paper of an issued notice, at the printer of ``point``.

    The second and on are marked as reprints. Raises NoSuchNotice for one that
    is only proposed, UnknownPrinter when the point has none in use,
    TooManyCopies past MAX_COPIES.
    """
    if notice.state != "issued":
        raise NoSuchNotice
    printer = point.printer if point is not None else None
    if printer is None or not printer.active or printer.office_id != notice.office_id:
        raise UnknownPrinter
    # Held, so that two taps get two copies and not the same one twice.
    session.execute(select(Notice.id).filter_by(id=notice.id).with_for_update())
    copies = session.scalar(select(func.count()).select_from(Errand).filter_by(notice_id=notice.id)) or 0
    if copies >= MAX_COPIES:
        raise TooManyCopies(most=MAX_COPIES)
    outbox.promise(session, notice_id=notice.id, printer_id=printer.id, copy_no=copies + 1, now=now)
    events.append(
        session,
        "notice_printed",
        by=by,
        now=now,
        office_id=notice.office_id,
        dossier_id=notice.dossier_id,
        facts={"notice": notice.id, "form": notice.form, "copy_no": copies + 1},
    )
