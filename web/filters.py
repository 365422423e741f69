"""Words for values in templates; the sentences themselves live in templates."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask
from jinja2 import StrictUndefined
from markupsafe import Markup

from intake.drawings.barcode import barcode_svg
from intake.drawings.qr import qr_svg
from intake.language import say
from intake.paper import Block
from intake.rules import text
from intake.rules.calendar import VIETNAM
from intake.rules.codes import grouped, spoken_item
from intake.rules.exceptions import PAPER_REASONS
from intake.rules.people import masked_citizen_id, masked_name, masked_phone
from intake.rules.wording import wait_words
from web import language


def install(app: Flask) -> None:
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(
        money=text.money,
        clock=text.clock,
        long_date=lambda moment: text.long_date(civil_day(moment)),
        short_date=lambda moment: text.short_date(civil_day(moment)),
        moment_words=text.moment_words,
        moment_from=datetime.fromisoformat,
        masked_citizen_id=masked_citizen_id,
        masked_name=masked_name,
        masked_phone=masked_phone,
        grouped=grouped,
        kind=block_kind,
        qr=qr_picture,
        barcode=barcode_picture,
        spoken_item=spoken_item,
    )
    language.install(app)
    # Macros as one global: a block drawn alone does not see its file's imports.
    for name in ("ui", "refusals", "errors", "service_findings"):
        env.globals[name] = env.get_template(f"{name}.html").make_module()
    env.globals["wait_words"] = wait_words
    env.globals["PAPER_REASONS"] = PAPER_REASONS
    env.globals["say"] = env.get_template("faults.html").make_module().__dict__["sentence"]
    env.globals["d"] = env.get_template("desk_ui.html").make_module()
    env.globals["happened"] = env.get_template("desk/events.html").make_module().__dict__["sentence"]


def civil_day(moment: date | datetime) -> date:
    """The date on Vietnamese calendars at this moment; a plain date stays itself."""
    if isinstance(moment, datetime):
        return moment.astimezone(VIETNAM).date()
    return moment


def block_kind(block: Block) -> str:
    """Which block of a paper this is, for the macro that draws it on screen."""
    return type(block).__name__.lower()


def qr_picture(data: str) -> Markup:
    return Markup(qr_svg(data, say("Mã QR")))


def barcode_picture(data: str) -> Markup:
    return Markup(barcode_svg(data, say("Mã vạch {code}", code=data)))
