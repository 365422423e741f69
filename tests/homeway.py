"""Results on their way home: dossiers by post, packed at the office and led on, each act committed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from build import an_application
from conftest import House, offer
from intake import checking, returning
from intake.accepting import accept
from intake.at_hand import dossier_at_hand
from intake.drafts import Collection
from intake.events import Actor, citizen
from intake.keys import Keys
from intake.post import delivering, manifests, sending
from intake.records import AcceptancePoint, Dossier, Event, Manifest, PostalItem
from intake.rules.delivery_proof import Shown
from intake.rules.rights import Role
from lifeway import an_actor
from live import Site
from moneyway import post_office

HOME = Collection("post", address="Số 12, Tổ 3, Phường Hạc Thành, Thanh Hóa", phone="0912345678")
NUMBERS = ("RR473124829VN", "EH261121008VN", "CV261121060VN", "EA261121095VN")
SIGNED = "M40 120L60 90L80 130L100 80L120 140L150 90L190 120L240 110"


def shown(**changes: Any) -> Shown:
    """Lan herself, with her card and her signature."""
    return replace(Shown("citizen_card", signature=SIGNED), **changes)


@dataclass
class Home:
    """Thu decides, Hoa packs, Minh carries; the clock of the house tells the moment of every act."""

    house: House | Site
    session: Session
    point: AcceptancePoint
    hoa: Actor
    thu: Actor
    minh: Actor

    @property
    def now(self) -> datetime:
        return self.house.app.extensions["motcham"].clock()

    @property
    def keys(self) -> Keys:
        return self.house.app.extensions["motcham"].keys

    def ready(self, collection: Collection = HOME, **changes: Any) -> Dossier:
        """A dossier whose result is ready to be sent."""
        version = self.session.info.get("version") or offer(self.session, self.point)
        self.session.info["version"] = version
        application = an_application(version, collection=collection, **changes)
        more = {"keys": self.keys, "base_url": "http://10.0.0.5:8080"}
        dossier = accept(self.session, application, self.point, by=citizen("K1"), now=self.now, **more)
        checking.check_in(self.session, self.hand(dossier, self.hoa), by=self.hoa, now=self.now)
        returning.result_ready(self.session, self.hand(dossier, self.thu), by=self.thu, now=self.now)
        self.session.commit()
        return dossier

    def hand(self, dossier: Dossier, by: Actor) -> Dossier:
        code = dossier.dossier_code
        return dossier_at_hand(self.session, self.point.office, code, by=by, now=self.now)

    def pack(self, dossier: Dossier | None = None, number: str = NUMBERS[0], **more: Any) -> PostalItem:
        dossier = dossier or self.ready()
        more = {"item_number": number, "keys": self.keys, "by": self.hoa, "now": self.now, **more}
        item = sending.pack(self.session, self.hand(dossier, self.hoa), self.point, **more)
        self.session.commit()
        return item

    def lists(self, item: PostalItem) -> Manifest:
        """On a hand-over list for the post, which is still filled."""
        manifest = manifests.open_manifest(self.session, self.point, "home", by=self.hoa, now=self.now)
        manifests.add_item(self.session, manifest, item.item_number, by=self.hoa, now=self.now)
        self.session.commit()
        return manifest

    def out(self, item: PostalItem | None = None) -> PostalItem:
        """Picked up, and on the courier's motorbike."""
        item = item or self.pack()
        self.do(delivering.picked_up, item)
        self.do(delivering.go_out, item)
        return item

    def do(self, verb: Any, item: PostalItem, *args: Any, by: Actor | None = None, **more: Any) -> None:
        verb(self.session, item, *args, by=by or self.minh, now=self.now, **more)
        self.session.commit()

    def deliver(self, item: PostalItem, **changes: Any) -> None:
        self.do(delivering.deliver, item, shown(**changes), keys=self.keys)

    def kinds(self, dossier: Dossier | None) -> list[str]:
        assert dossier is not None
        found = select(Event.kind).filter_by(dossier_id=dossier.id).order_by(Event.id)
        return list(self.session.scalars(found))


def a_home(house: House | Site, session: Session) -> Home:
    point = post_office(session)
    session.commit()  # the cast is written by a session of its own, which would wait for this one
    hoa, thu = an_actor(house.app, Role.RECEPTION), an_actor(house.app, Role.MANAGER)
    minh = replace(an_actor(house.app, Role.CLERK), device=point.code)
    return Home(house, session, point, hoa, thu, minh)
