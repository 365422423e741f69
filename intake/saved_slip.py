"""The slip of a draft that was put by: its code, until when, and where it can be filed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.drafts import Draft
from intake.keys import Keys
from intake.language import say
from intake.paper import Banner, Code, Divider, Field, Heading, Paper, Qr, Text
from intake.receipt import moment_short, told
from intake.records import AcceptancePoint, Assignment, Office, Person, SavedDraft
from intake.rules.forms import visible_requirements
from intake.rules.people import masked_name
from intake.rules.procedures import Procedure, Requirement
from intake.rules.refusals import NoSuchSavedDraft
from intake.rules.rights import Role
from intake.rules.saved_codes import qr_text, shown

_SLIP = "saved_draft.slip"
_BROUGHT = ("paper", "scan", "")  # how a paper is answered that still has to be carried somewhere


@dataclass(frozen=True)
class SlipFacts:
    """All that the slip says. ``papers`` are still to be brought: «Tờ khai (1 bản chính)».

    ``posts`` are the post offices that take it; ``until`` is aware.
    """

    office_name: str
    code: str
    procedure_title: str
    applicant_name: str  # in full; the slip masks it
    papers: tuple[str, ...]
    posts: tuple[str, ...]
    until: datetime
    hotline: str


def slip_facts(
    session: Session, office: Office, procedure: Procedure, draft: Draft, *, until: datetime
) -> SlipFacts:
    papers = visible_requirements(procedure, draft.answers)
    brought = [one for one in papers if draft.documents.get(one.key, {}).get("how", "") in _BROUGHT]
    return SlipFacts(
        office_name=office.name,
        code=draft.saved_code,
        procedure_title=procedure.title,
        applicant_name=draft.applicant.name if draft.applicant else "",
        papers=tuple(_counted(one) for one in brought),
        posts=post_offices(session, office),
        until=until,
        hotline=office.hotline,
    )


def post_offices(session: Session, office: Office) -> tuple[str, ...]:
    """The names of the post offices that take dossiers for this office: those where somebody works."""
    staffed = (
        select(Assignment.id)
        .join(Assignment.person)
        .where(Assignment.point_id == AcceptancePoint.id, Assignment.role == Role.CLERK, Person.active)
    )
    posts = select(AcceptancePoint.name).filter_by(office_id=office.id, kind="post", active=True)
    posts = posts.where(staffed.exists())
    return tuple(session.scalars(posts.order_by(AcceptancePoint.name)))


def seal_slip(facts: SlipFacts, keys: Keys) -> bytes:
    return keys.seal(json.dumps(asdict(facts), ensure_ascii=False, default=datetime.isoformat), _SLIP)


def slip_facts_of(saved: SavedDraft, keys: Keys) -> SlipFacts:
    """As they were when it was put by; NoSuchSavedDraft once it is emptied."""
    if saved.slip_sealed is None:
        raise NoSuchSavedDraft
    told_then = json.loads(keys.unseal(saved.slip_sealed, _SLIP))
    told_then |= {name: tuple(told_then[name]) for name in ("papers", "posts")}
    return SlipFacts(**told_then | {"until": datetime.fromisoformat(told_then["until"])})


def saved_slip(facts: SlipFacts) -> Paper:
    """What the kiosk prints and shows: the code first, and that nothing was filed yet."""
    return Paper(
        say("Hồ sơ lưu {code}", code=shown(facts.code)),
        (
            Heading(say("HỒ SƠ ĐÃ LƯU")),
            Text(facts.office_name, small=True, centred=True),
            Code(say("Mã hồ sơ lưu"), (shown(facts.code),)),
            Qr(qr_text(facts.code), say("Đưa mã này vào đầu đọc để làm tiếp")),
            Banner(say("CHƯA NỘP")),
            Field(say("Giữ đến"), moment_short(facts.until), strong=True),
            Field(say("Thủ tục"), facts.procedure_title),
            *told(
                Field(say("Người nộp"), masked_name(facts.applicant_name)),
                Field(say("Giấy tờ mang theo"), "; ".join(facts.papers)),
                Field(say("Nộp ở bưu điện"), ", ".join(facts.posts)),
                Field(say("Hỏi thêm"), facts.hotline),
            ),
            Divider(),
            Text(
                say("Giữ phiếu này như giữ giấy tờ. Mở ở ki-ốt cần thêm 4 số cuối số định danh."),
                centred=True,
            ),
        ),
    )


def _counted(paper: Requirement) -> str:
    """«Tờ khai (1 bản chính, 2 bản sao)»."""
    counts = (
        (paper.originals, "bản chính"),
        (paper.certified_copies, "bản sao chứng thực"),
        (paper.copies, "bản sao"),
    )
    words = ", ".join(f"{count} {kind}" for count, kind in counts if count)
    words = words or ("mang theo để xem" if paper.show else "")
    return f"{paper.name} ({words})" if words else paper.name
