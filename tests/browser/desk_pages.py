"""Where every page of the desk is: for axe, and for pictures."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.db import db
from intake.records import (
    AcceptancePoint,
    Manifest,
    Person,
    PostalItem,
    Printer,
    ServiceDayVersion,
    ServiceGroup,
    Unit,
)
from kioskway import COPIES

# Papers, files, and pieces of pages; what an officer sees of a call has a journey of its own, with axe.
NO_PAGES = {
    "brought_file",
    "brought_page",
    "calls_badge",
    "download_file",
    "files_proof",
    "money_csv",
    "money_xlsx",
    "office_clip",
    "step_of_call",
    "configuration_file",
    "control_sheet_pdf",
    "day_forms_pdf",
    "day_poster",
    "day_report_pdf",
    "day_report_xlsx",
    "new_communes",
    "new_procedures",
    "notice_pdf",
    "post_label",
    "post_manifest_pdf",
    "post_money_pdf",
    "post_money_xlsx",
    "receipt_pdf",
    "receipt_picture",
}
DOOR = {"link", "second_factor", "sign_in"}  # for whoever has not come in
# The act and the key of every form that the open dossier offers.
FORMS = """links => links.map(link =>
    [new URL(link.href).searchParams.get("form"), link.dataset.key.toLowerCase()])"""


def desk_pages(app: Flask, code: str) -> dict[str, str]:
    """The address of each page behind the door, by its view; ``code`` is the dossier that is looked at.

    Any other thing an address names is the first of its kind. A view that needs
    a thing unknown here raises KeyError: give it an example.
    """
    with app.app_context():
        examples, special = _examples(db.session(), code)
        db.session.remove()
    found = {}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            face, _, name = rule.endpoint.partition(".")
            if face == "desk" and "GET" in (rule.methods or ()) and name not in NO_PAGES | DOOR:
                known = {**examples, **special.get(name, {})}
                found[name] = url_for(rule.endpoint, **{one: known[one] for one in rule.arguments})
    return found


def _examples(session: Session, code: str) -> tuple[Mapping[str, object], Mapping[str, Mapping[str, object]]]:
    """By argument; and for views that mean another thing by the same one."""
    points = dict(session.execute(_POINTS).all())
    kinds = {"group_id": ServiceGroup, "person_id": Person, "printer_id": Printer, "unit_id": Unit}
    things = {
        name: session.scalars(select(kind.id).order_by(kind.id)).first()  # type: ignore[attr-defined]
        for name, kind in kinds.items()
    }
    lineage = session.scalars(select(ServiceDayVersion.lineage)).first()
    things["item_id"] = session.scalars(_HOME).first()
    things["manifest_id"] = session.scalars(select(Manifest.id).order_by(Manifest.id)).first()
    return {"code": code, "name": "lock_minutes", "lineage": lineage, **things}, {
        "office_counter": {"point_id": points["counter"]},
        "office_kiosk": {"point_id": points["kiosk"]},
        "office_procedure": {"code": COPIES},
        "post_office": {"point_id": points["post"]},
        "new_post_range": {"point_id": points["post"]},
    }


_HOME = select(PostalItem.id).filter_by(direction="home").order_by(PostalItem.id)
_POINTS = select(AcceptancePoint.kind, AcceptancePoint.id).order_by(AcceptancePoint.id.desc())
