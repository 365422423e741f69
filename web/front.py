"""The first page: which screens this installation has."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from intake.db import db
from intake.offices import first_office
from web.core import core
from web.pages import page

bp = Blueprint("front", __name__)


@bp.get("/")
def faces() -> Response:
    host = urlsplit(request.host_url).hostname
    office = first_office(db.session())
    return page("faces.html", tray=f"http://{host}:{core().settings.tray_port}/", office=office)
