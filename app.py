"""The assembly: the only module that knows every room."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from flask import Flask

from devices import clamd
from devices.document_scanner import SaneScanner
from devices.link import Patience
from devices.printers import printer_at
from devices.speech import engine, spoken
from intake.captures.store import Store
from intake.db import db, engine_options, make_durable
from intake.keys import Keys
from intake.ports import DocumentScanner, Printer, VirusScanned
from settings import ROOT, BadSettings, Secrets, Settings, make_private


@dataclass(frozen=True)
class Motcham:
    """What every face is given: settings, keys, the clock, and a way to reach printers."""

    settings: Settings
    keys: Keys
    clock: Callable[[], datetime]
    open_printer: Callable[[str], Printer]
    store: Store
    open_scanner: Callable[[str], DocumentScanner]
    check_for_virus: Callable[[bytes], VirusScanned] | None  # None: this installation has no ClamAV
    speak: Callable[[str, str], bytes | None]  # words and language: a WAV, None without a voice
    speaks: Callable[[], bool]  # whether this machine has a voice at all


def create_app(
    settings: Settings | None = None, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Flask:
    """The application with its faces; settings as create_core takes them."""
    import cli
    import desk
    import kiosk
    import postal
    import web
    from web import health

    app = create_core(settings, clock=clock)
    web.install(app)
    app.register_blueprint(health.bp)
    app.register_blueprint(kiosk.bp)
    app.register_blueprint(postal.bp)
    app.register_blueprint(desk.bp)
    app.register_blueprint(desk.board.bp)
    if app.extensions["motcham"].settings.bench:
        from bench import limit

        app.register_blueprint(limit.bp)
    cli.install(app)
    return app


def create_core(
    settings: Settings | None = None, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Flask:
    """The database, keys and printers without any face: all that a worker holds in memory.

    Raises BadSettings when ``settings`` cannot be used. Without them it takes
    the environment's, for a process of its own: what it writes is then for its
    owner alone, and bad settings end it with one message.
    """
    if settings is None:
        os.umask(0o077)
        try:
            return create_core(Settings.from_env(), clock=clock)
        except BadSettings as fault:
            raise SystemExit(f"motcham: {fault}") from fault
    make_private(settings.data)
    secrets = Secrets.of(settings.secrets_dir)
    app = Flask(__name__, static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY=secrets.session_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=64 * 1024,
        MAX_FORM_MEMORY_SIZE=64 * 1024,
    )
    app.extensions["motcham"] = Motcham(
        settings=settings,
        keys=Keys(data_key=secrets.data_key, receipt_key=secrets.receipt_key),
        clock=clock,
        open_printer=partial(
            printer_at,
            virtual_port=settings.printer_port,
            patience=Patience(overall=settings.printer_wait_s),
        ),
        store=Store(settings.papers_dir),
        open_scanner=SaneScanner,
        check_for_virus=partial(clamd.scan, settings.clamd) if settings.clamd else None,
        speak=spoken,
        speaks=lambda: engine() is not None,
    )
    db.init_app(app)
    with app.app_context():
        make_durable(db.engine)
    return app
