"""Another copy of a paper of a postal item: marked as one, and told to the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake import outbox
from intake.events import Actor
from intake.post.papers import LABEL, RECEIPT, SENDERS_SLIP, SLIP
from intake.post.steps import tell
from intake.records import Errand, PostalItem, Printer
from intake.rules.refusals import TooManyCopies, UnknownPrinter, WrongStep

PAPERS = {"in": (RECEIPT, SLIP, SENDERS_SLIP, LABEL), "home": (LABEL,)}
MOST_COPIES = 6  # of one paper: a finger resting on the button must not empty the roll


@dataclass(frozen=True)
class Copies:
    """Of one paper: how many were promised to the printer, and how the last of them fares.

    ``state`` is that of an errand, "" when none was ever promised.
    """

    paper: str
    count: int
    state: str


def copies_of(session: Session, item: PostalItem) -> tuple[Copies, ...]:
    """Every paper this item has, in the order of PAPERS."""
    rows = session.execute(
        select(Errand.item_paper, Errand.copy_no, Errand.state)
        .filter_by(item_id=item.id)
        .order_by(Errand.copy_no)
    )
    last = {paper: (copy_no, state) for paper, copy_no, state in rows}
    return tuple(Copies(paper, *last.get(paper, (0, ""))) for paper in PAPERS[item.direction])


def print_again(
    session: Session, item: PostalItem, paper: str, printer_id: int | None, *, by: Actor, now: datetime
) -> int:
    """Promise ``paper``, one of PAPERS, once more; says the number of the copy.

    ``item`` is locked. The first copy of a paper that was never printed here,
    as of what was taken without a network, carries no mark. Raises UnknownPrinter
    when the post office has none in use, TooManyCopies past MOST_COPIES, and
    WrongStep for a paper that this item has not.
    """
    if paper not in PAPERS[item.direction]:
        raise WrongStep(now=item.status, then=paper)
    printer = session.get(Printer, printer_id) if printer_id is not None else None
    if printer is None or not printer.active or printer.office_id != item.office_id:
        raise UnknownPrinter()
    printed = select(func.max(Errand.copy_no)).filter_by(item_id=item.id, item_paper=paper)
    copy_no = (session.scalar(printed) or 0) + 1
    if copy_no > MOST_COPIES:
        raise TooManyCopies(most=MOST_COPIES)
    outbox.promise(
        session, item_id=item.id, item_paper=paper, printer_id=printer.id, copy_no=copy_no, now=now
    )
    tell(session, item, "post_reprinted", by=by, now=now, facts={"paper": paper, "copy_no": copy_no})
    return copy_no
