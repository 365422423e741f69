"""The cast at the desk, and one dossier in its life."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from conftest import Clock, House
from intake.events import Actor
from intake.keys import Keys
from intake.records import AcceptancePoint, Dossier, Office, Unit
from intake.rules.rights import Role
from lifeway import Life, an_actor


@pytest.fixture
def office(session: Session, kiosk: AcceptancePoint) -> Office:
    office = kiosk.office
    session.commit()  # the cast is written by a session of its own, which would wait for this one
    return office


@pytest.fixture
def hoa(house: House) -> Actor:
    """Reception."""
    return an_actor(house.app, Role.RECEPTION)


@pytest.fixture
def dung(house: House) -> Actor:
    """Decides."""
    return an_actor(house.app, Role.DECIDING)


@pytest.fixture
def thu(house: House) -> Actor:
    """Manages."""
    return an_actor(house.app, Role.MANAGER)


@pytest.fixture
def life(
    session: Session,
    office: Office,
    keys: Keys,
    clock: Clock,
    lans_dossier: Dossier,
    hoa: Actor,
    dung: Actor,
    thu: Actor,
) -> Life:
    return Life(session, office, keys, clock, lans_dossier.dossier_code, hoa, dung, thu)


@pytest.fixture
def civil(session: Session, office: Office) -> Unit:
    """A unit that decides dossiers."""
    unit = Unit(office_id=office.id, name="Phòng Tư pháp – Hộ tịch")
    session.add(unit)
    session.commit()
    return unit
