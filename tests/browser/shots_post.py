"""Pictures of the post in the middle of a morning: at the counter, and on a courier's phone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from flask import Flask, url_for
from PIL import Image
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from browser.shots_desk import Busy
from intake.db import db
from intake.records import Manifest, PostalItem, PostalMoney, PostalShift
from intake.rules.receipt_code import address
from intake.rules.rights import Role
from kioskway import LANS_CARD

SIZES = {"post": (1366, 768), "courier": (390, 844)}
FOR_THE_README = ("post-*-reception-procedure.png", "courier-*-manifest.png")
LANCZOS = Image.Resampling.LANCZOS
Shot = Callable[[str], None]


def post_pages(app: Flask) -> dict[str, str]:
    """The address of each page of the post, by its view; papers and files have a point in theirs."""
    with app.app_context():
        examples = _examples(db.session())
        db.session.remove()
    found = {}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            face, _, name = rule.endpoint.partition(".")
            if face == "postal" and "GET" in (rule.methods or ()) and "." not in rule.rule:
                known = {one: examples[one] for one in rule.arguments}
                found[name] = url_for(rule.endpoint, **known)
    return found


def _examples(session: Session) -> Mapping[str, int]:
    """The item is one that is out for delivery, the list one that waits."""
    out = select(PostalItem.id).filter_by(direction="home", status="out")
    waits = select(Manifest.id).filter_by(direction="in", state="arrived")
    return {
        "item_id": session.scalars(out).first() or 0,
        "manifest_id": session.scalars(waits).first() or 0,
        "shift_id": session.scalars(select(PostalShift.id)).first() or 0,
        "money_id": session.scalars(select(PostalMoney.id).order_by(PostalMoney.id.desc())).first() or 0,
    }


def walk(page: Page, shot: Shot, busy: Busy) -> None:
    """Every page of the post, and one dossier half taken in."""
    busy.comes_in(page, Role.CLERK, "BD-07")
    for name, where in post_pages(busy.app).items():
        page.goto(busy.base + where)
        shot(name)
    takes_in(page, shot, busy.base)
    page.goto(receipt_of(busy.app, busy.base))
    shot("public-receipt")


def takes_in(page: Page, shot: Shot, base: str) -> None:
    """Card, procedure, number: in any order."""
    from browser.shots import scan

    page.goto(f"{base}/post/")
    page.wait_for_load_state("networkidle")
    for what, code in (("card", LANS_CARD), ("procedure", "TTHC:1.001193"), ("wrong", "RR473124828VN")):
        scan(page, code)
        page.wait_for_timeout(300)
        shot(f"reception-{what}")


def receipt_of(app: Flask, base: str) -> str:
    """The public page of the newest receipt of the post."""
    with app.app_context():
        newest = select(PostalItem.receipt_payload).filter_by(direction="in").order_by(PostalItem.id)
        payload = db.session().scalars(newest).first() or ""
        db.session.remove()
        return address(base, payload)


def together(out: Path) -> None:
    """The counter beside a telephone, small enough for a README: OUT/post.png, where both were drawn."""
    found = [sorted(out.glob(name)) for name in FOR_THE_README]
    if not all(found):
        return
    counter, phone = (Image.open(paths[-1]).convert("RGB") for paths in found)
    phone = phone.resize((phone.width * counter.height // phone.height, counter.height), LANCZOS)
    sheet = Image.new("RGB", (counter.width + 40 + phone.width, counter.height), "#D9D3C7")
    sheet.paste(counter, (0, 0))
    sheet.paste(phone, (counter.width + 40, 0))
    small = sheet.resize((sheet.width * 4 // 5, sheet.height * 4 // 5), LANCZOS)
    small.quantize(128, dither=Image.Dither.NONE).save(out / "post.png", optimize=True)


WALKS = {"post": walk, "courier": walk}
