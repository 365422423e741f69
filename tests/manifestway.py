"""What tests of hand-over lists share: items taken at a post office, and a list of them on its way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from build import FRIDAY, an_applicant
from intake.drafts import Collection, new_attempt
from intake.events import Actor
from intake.keys import Keys
from intake.post.contents import Sent, masked_name, seal_sent
from intake.post.manifests import add_item, close, open_manifest
from intake.post.money import take_money
from intake.post.steps import CLERK, append_step, tell
from intake.records import AcceptancePoint, Manifest, PostalItem
from intake.rules.codes import item_check_digit
from intake.rules.post import FIRST
from intake.rules.rights import Role
from lifeway import an_actor

NAMES = ("Lê Thị Ngọc Lan", "Phạm Văn Bình", "Đỗ Mạnh Cường", "Trần Thị Táo", "Nguyễn Văn Khế")


def post_office(session: Session, code: str = "BD-07") -> AcceptancePoint:
    return session.scalars(select(AcceptancePoint).filter_by(code=code)).one()


def minh(app: Flask) -> Actor:
    """Anh Minh, the clerk of BD-07."""
    return an_actor(app, Role.CLERK)


def s10(serial: int) -> str:
    """«RR…VN», its check digit right."""
    digits = f"{serial:08d}"
    return f"RR{digits}{item_check_digit(digits)}VN"


def an_item(
    session: Session,
    point: AcceptancePoint,
    version_id: int,
    serial: int,
    *,
    keys: Keys,
    by: Actor,
    now: datetime = FRIDAY,
    fee: int = 8_000,
    **changes: Any,
) -> PostalItem:
    """A dossier taken at ``point`` with its first step, its event and the State's fee."""
    name = NAMES[serial % len(NAMES)]
    documents = {"form": {"how": "paper", "originals": "1", "copies": "2", "certified_copies": ""}}
    sent = Sent(an_applicant(name=name), documents, Collection("post", address="Tổ 3, Hạc Thành"))
    ordinary = {
        "office_id": point.office_id,
        "point_id": point.id,
        "direction": "in",
        "attempt": new_attempt(),
        "item_number": s10(serial),
        "is_s10": True,
        "procedure_version_id": version_id,
        "masked_name": masked_name(name),
        "content_sealed": seal_sent(sent, keys),
        "seal_number": f"NP-{serial:04}",
        "witnessed": True,
        "grams": 120,
        "zone": "local",
        "charge": 26_500,
        "payer": "sender",
        "fee": fee,
        "taken_by": by.person_id,
        "taken_at": now,
        "arrived_at": now,
        "status_at": now,
    }
    item = PostalItem(**{**ordinary, **changes})
    item.status = changes.get("status", FIRST[item.direction])
    session.add(item)
    session.flush()
    append_step(session, item, item.status, source=CLERK, now=now, holder=point.name, place=point.name)
    tell(session, item, f"post_{item.status}", by=by, now=now)
    if item.direction == "in":
        take_money(session, item, by=by, now=now)
    return item


def a_list_on_its_way(
    session: Session,
    point: AcceptancePoint,
    version_id: int,
    count: int,
    *,
    keys: Keys,
    by: Actor,
    now: datetime = FRIDAY,
    first: int = 1,
) -> Manifest:
    """``count`` items from serial ``first`` on, taken, listed and closed."""
    manifest = open_manifest(session, point, "in", by=by, now=now)
    for serial in range(first, first + count):
        item = an_item(session, point, version_id, serial, keys=keys, by=by, now=now)
        add_item(session, manifest, item.item_number, by=by, now=now)
    close(session, manifest, bag_number="T-07", bag_seal="NP-9001", by=by, now=now)
    session.commit()
    return manifest
