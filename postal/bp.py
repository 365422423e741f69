"""The post's blueprint: what all its screens share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, g, url_for

from web import now
from web.staff import guard

bp = Blueprint("postal", __name__, url_prefix="/post")
guard(bp)

# The places at the foot of a telephone and at the head of a wider screen: endpoint, words, picture.
PLACES = (
    ("postal.reception", "Nhận", "scan"),
    ("postal.manifests", "Bảng kê", "paper"),
    ("postal.deliveries", "Phát", "post"),
    ("postal.money", "Tiền", "money"),
)


@bp.context_processor
def shared() -> dict[str, Any]:
    places = [
        (endpoint, words, icon, url_for(endpoint))
        for endpoint, words, icon in PLACES
        if endpoint in current_app.view_functions
    ]
    return {"staff": g.get("staff"), "places": places, "moment": now()}
