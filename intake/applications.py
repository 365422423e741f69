"""What is handed in, and whether its papers are taken on such a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from intake.drafts import Applicant, Collection, Draft, Representative
from intake.events import Actor
from intake.offices import civil_day
from intake.rules import forms
from intake.rules.exceptions import VERSION, PaperException
from intake.rules.policy import Policy
from intake.rules.procedures import Procedure, Requirement
from intake.rules.refusals import UnfinishedDossier


@dataclass(frozen=True)
class Told:
    """What the screen promised: the result on ``day``, that of the screen; ``waits``: waited for."""

    day: date
    waits: bool = False

    def __str__(self) -> str:
        """As a form carries it."""
        return f"{self.day} waits" if self.waits else f"{self.day}"


def told_of(promised_at: datetime | None, policy: Policy, *, now: datetime) -> Told | None:
    """What a screen that shows this promise ``now`` tells of today; None where it tells of a later day."""
    if promised_at is None or civil_day(promised_at) != civil_day(now):
        return None
    return Told(civil_day(now), waits=policy.target is not None)


def after_the_fact(policy: Policy) -> Policy:
    """The same for what is entered later than it was received: nothing is promised beyond the term."""
    return replace(policy, promised_by=None, result_by=None, target=None, not_today=None, again_at=None)


def told_from(text: str) -> Told | None:
    """What a form carried; nothing that can be read is nothing that was told."""
    day, _, waits = text.partition(" ")
    try:
        return Told(date.fromisoformat(day), waits=waits == "waits")
    except ValueError:
        return None


@dataclass(frozen=True)
class Application:
    """What is handed in: the draft of a kiosk, a clerk's intake, an officer's. ``attempt`` makes it once.

    ``documents`` says for a requirement's key "how" and "reason" and, where somebody
    counted, "originals", "copies" and "certified_copies" as digits.
    """

    attempt: str
    channel: str
    version_id: int
    applicant: Applicant
    answers: Mapping[str, str]
    documents: Mapping[str, Mapping[str, str]]
    collection: Collection
    representative: Representative | None = None  # files for the applicant
    exception: PaperException | None = None  # why paper is taken on a paper-free day
    helper: Actor | None = None  # an officer who helped the citizen, who stays the one who files
    told: Told | None = None  # what the screen promised for today
    taken_at: datetime | None = None  # when it was received on paper during an outage; None: now
    reused: int = 0  # answers taken over from an earlier dossier of the same visit
    exemption: str = ""  # the group of the tariff the applicant says they belong to


def application_from(draft: Draft, *, channel: str) -> Application:
    """The finished draft; UnfinishedDossier names the steps that were never done."""
    undone = {
        "applicant": draft.applicant is None,
        "documents": not draft.documents_done,
        "collection": draft.collection is None,
    }
    if any(undone.values()) or draft.applicant is None or draft.collection is None:
        faults = tuple(forms.Fault(step, "missing", {}) for step, is_undone in undone.items() if is_undone)
        raise UnfinishedDossier(faults=faults)
    return Application(
        attempt=draft.attempt,
        channel=channel,
        version_id=draft.version_id,
        applicant=draft.applicant,
        answers=draft.answers,
        documents=draft.documents,
        collection=draft.collection,
        exemption=draft.exemption,
    )


def asked_of(procedure: Procedure, application: Application) -> tuple[Requirement, ...]:
    """The papers that are asked for; by post, where nobody answered, also what was brought without."""
    brought = application.documents if application.channel == "post" else {}
    return forms.visible_requirements(procedure, application.answers, brought)


def papers_of(procedure: Procedure, application: Application) -> list[str]:
    """The keys of what is handed in on paper."""
    asked = asked_of(procedure, application)
    return [one.key for one in asked if application.documents.get(one.key, {}).get("how") == "paper"]


def paper_faults(procedure: Procedure, application: Application, policy: Policy) -> tuple[forms.Fault, ...]:
    """Papers that are not taken today, unless for a reason of the list; that one has to say enough."""
    papers = papers_of(procedure, application)
    if policy.paper or not papers:
        return ()
    exception = application.exception
    if exception is None:
        return tuple(forms.Fault(key, "paper_free") for key in papers)
    if exception.reason not in policy.exceptions:
        return (forms.Fault("paper_reason", "bad_choice"),)
    return () if exception.is_told else (forms.Fault("paper_text", "missing"),)


def digitised(application: Application) -> Application:
    """What came on paper is scanned where it is received, and given back."""
    documents = {
        key: {**told, "how": "scan"} if told.get("how") == "paper" else told
        for key, told in application.documents.items()
    }
    return replace(application, documents=documents)


def exception_facts(exception: PaperException, papers: Sequence[str]) -> dict[str, object]:
    """What an event says of paper that was taken all the same; its text is the event's reason."""
    return {"code": str(exception.reason), "list": VERSION, "papers": list(papers)}
