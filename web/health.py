"""For machines that watch: /healthz says whether all parts work, /metrics gives figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify
from prometheus_client import generate_latest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from intake import queries
from intake.db import db
from intake.records import Heartbeat, Office, Printer
from web import certificates
from web.core import core, now
from web.limits import WATCHERS, limiter
from web.metrics import REGISTRY
from web.plain_http import is_here

bp = Blueprint("health", __name__)

SILENT = timedelta(seconds=30)  # a worker that has said nothing for so long is not at work


@bp.get("/healthz")
@limiter.limit(WATCHERS, exempt_when=is_here)
def healthz() -> tuple[Response, int]:
    """200 when web, database, worker, printers and certificate are well, else 503; told in full at home."""
    try:
        worker, printers = _worker(), _printers()
    except SQLAlchemyError as fault:
        return _told(False, {"web": "ok", "database": type(fault).__name__})
    well = worker == "ok" and not any(printer["trouble"] for printer in printers)
    report = {"web": "ok", "database": "ok", "worker": worker, "printers": printers}
    if core().settings.serves_tls:
        trouble = certificates.trouble(core().settings.tls_dir, now=now())
        well, report["certificate"] = well and trouble is None, trouble or "ok"
    return _told(well, report)


@bp.get("/metrics")
def metrics() -> Response:
    """Prometheus text: requests of this process, and the ledger of papers of the whole office."""
    if not (is_here() or core().settings.metrics_open):
        return Response("only from this machine\n", 403, mimetype="text/plain")
    lines = [generate_latest(REGISTRY).decode(), "# TYPE motcham_errands gauge\n"]
    lines += [
        f'motcham_errands{{state="{state}"}} {count}\n'
        for state, count in queries.ledger(db.session()).items()
    ]
    return Response("".join(lines), mimetype="text/plain")


def _told(well: bool, report: dict[str, Any]) -> tuple[Response, int]:
    return jsonify(report if is_here() else {"web": "ok" if well else "not ok"}), 200 if well else 503


def _worker() -> str:
    workers = select(Heartbeat.at).where(Heartbeat.name.contains(":"))
    last = db.session.scalar(workers.order_by(Heartbeat.at.desc()).limit(1))
    if last is None:
        return "never seen"
    return "ok" if now() - last < SILENT else f"silent since {last.isoformat(timespec='seconds')}"


def _printers() -> list[dict[str, str | None]]:
    """A list, not a table by name: two offices may both have a «Máy in sảnh A»."""
    rows = db.session.execute(
        select(Office.code, Printer.name, Printer.trouble)
        .join(Printer.office)
        .where(Printer.active.is_(True))
        .order_by(Printer.id)
    )
    return [{"office": office, "name": name, "trouble": trouble} for office, name, trouble in rows]
