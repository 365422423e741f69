"""The same person and the same procedure a short while ago: told before another dossier is filed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accepting import CITIZEN_ID
from intake.drafts import Applicant
from intake.keys import Keys
from intake.offices import setting_of
from intake.records import Dossier, Office, ProcedureVersion
from intake.rules.lifecycle import Status


@dataclass(frozen=True)
class Earlier:
    """Where an earlier dossier is now. ``dossier_code`` "" for whoever only typed a number.

    A number that anybody may know tells nothing but that there is one, since when and how far it is.
    """

    dossier_code: str
    received_at: datetime
    status: Status
    expected_at: datetime | None
    collect_at: str


def earlier_dossier(
    session: Session,
    office: Office,
    procedure_code: str,
    applicant: Applicant | None,
    *,
    by_staff: bool = False,
    keys: Keys,
    now: datetime,
) -> Earlier | None:
    """The last one of this person in this office within its rule ``duplicate_days``; None for none.

    Of somebody without a number nothing is known. ``by_staff``: an officer sees the code in any case.
    """
    days = setting_of(session, office, "duplicate_days", now=now)
    if applicant is None or not applicant.citizen_id or not days:
        return None
    found = session.execute(
        select(Dossier.dossier_code, Dossier.received_at, Dossier.status, Dossier.expected_at)
        .join(ProcedureVersion, ProcedureVersion.id == Dossier.procedure_version_id)
        .where(
            Dossier.citizen_id_key == keys.fingerprint(applicant.citizen_id, CITIZEN_ID),
            Dossier.office_id == office.id,
            Dossier.received_at > now - timedelta(days=days),
            ProcedureVersion.procedure_code == procedure_code,
        )
        .order_by(Dossier.received_at.desc(), Dossier.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    code, received_at, status, expected_at = found
    is_sure = by_staff or applicant.how == "card"
    return Earlier(code if is_sure else "", received_at, Status(status), expected_at, office.collect_at)
