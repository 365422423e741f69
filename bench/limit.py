"""One durable row a request: the most that this server and this database could do.

Registered by the application only under MOTCHAM_BENCH=1; ``submit`` is quoted as a
share of it, because an absolute number says more about the disk than about us.
"""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import Column, Integer, MetaData, String, Table, insert

from intake.db import db

PATH = "/bench/limit"
ROWS = Table("bench_limit", MetaData(), Column("id", Integer, primary_key=True), Column("body", String(600)))
BODY = "x" * 600  # about what a dossier weighs

bp = Blueprint("bench", __name__)


@bp.post(PATH)
def one_row() -> tuple[str, int]:
    db.session.execute(insert(ROWS).values(body=BODY))
    db.session.commit()
    return "", 204
