"""For machines that watch: /healthz says whether all parts work, /metrics gives figures."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, jsonify
from prometheus_client import generate_latest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from intake import queries
from intake.db import db
from intake.records import Heartbeat, Printer
from web.core import now
from web.metrics import REGISTRY

bp = Blueprint("health", __name__)

SILENT = timedelta(seconds=30)  # a worker that has said nothing for so long is not at work


@bp.get("/healthz")
def healthz() -> tuple[Response, int]:
    """200 when web, database, worker and printers are well, else 503 with what is not."""
    try:
        worker, printers = _worker(), _printers()
    except SQLAlchemyError as fault:
        return jsonify({"web": "ok", "database": type(fault).__name__}), 503
    well = {worker, *printers.values()} <= {"ok"}
    report = {"web": "ok", "database": "ok", "worker": worker, "printers": printers}
    return jsonify(report), 200 if well else 503


@bp.get("/metrics")
def metrics() -> Response:
    """Prometheus text: requests of this process, and the ledger of papers of the whole office."""
    lines = [generate_latest(REGISTRY).decode(), "# TYPE motcham_errands gauge\n"]
    lines += [
        f'motcham_errands{{state="{state}"}} {count}\n'
        for state, count in queries.ledger(db.session()).items()
    ]
    return Response("".join(lines), mimetype="text/plain")


def _worker() -> str:
    last = db.session.scalar(select(Heartbeat.at).order_by(Heartbeat.at.desc()).limit(1))
    if last is None:
        return "never seen"
    return "ok" if now() - last < SILENT else f"silent since {last.isoformat(timespec='seconds')}"


def _printers() -> dict[str, str]:
    rows = db.session.execute(select(Printer.name, Printer.trouble).where(Printer.active.is_(True)))
    return {name: trouble or "ok" for name, trouble in rows}
