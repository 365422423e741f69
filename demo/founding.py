"""The first start of a demo: accounts, and a week that has already happened."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo import week
from demo.accounts import as_lines, make_accounts
from intake.keys import Keys
from intake.records import Dossier, Office, Person

ACCOUNTS_FILE = "demo-accounts.txt"


def found_week(session: Session, folder: Path, *, keys: Keys, base_url: str, now: datetime) -> bool:
    """Bring people and a week of dossiers into an office that has neither; False where there is anything.

    The passwords are written for the owner alone into ``folder``: the console shows them at every start.
    """
    office = session.scalars(select(Office).order_by(Office.id)).first()
    if (
        office is None
        or session.scalar(select(Person.id).limit(1))
        or session.scalar(select(Dossier.id).limit(1))
    ):
        return False
    passwords = make_accounts(session, office, now=now)
    week.play(session, office, keys=keys, base_url=base_url, now=now)
    told = os.open(folder / ACCOUNTS_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(told, "w", encoding="utf-8") as file:
        file.write(as_lines(passwords))
    return True
