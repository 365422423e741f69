"""``./motcham flask demo …``: for whoever shows the product."""

from __future__ import annotations

import signal
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from intake.db import db
from intake.records import Office, Person

if TYPE_CHECKING:
    from app import Motcham

demo = AppGroup("demo", help="The demo office.")


@demo.command("day")
@click.option("--speed", default=10.0, type=click.FloatRange(0.1, 200), help="Times as fast as the clock.")
@click.option("--port", type=click.IntRange(1, 65535), help="Where the web listens (MOTCHAM_PORT).")
@click.option("--minutes", default=480.0, type=click.FloatRange(0.05), help="How long to play, by the clock.")
def day(speed: float, port: int | None, minutes: float) -> None:
    """Play a busy day against the running system, until Ctrl-C."""
    from demo.citizen import Lost
    from demo.day import play

    core, session = cast("Motcham", current_app.extensions["motcham"]), db.session()
    office = session.scalars(select(Office).order_by(Office.id)).first()
    if office is None or session.scalar(select(Person.id).filter_by(username="hoa")) is None:
        raise click.ClickException("this is no demo office: ./motcham run makes one in an empty folder")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = core.settings
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    try:
        happened = play(
            session,
            office,
            keys=core.keys,
            kiosks_at=f"{'https' if settings.serves_tls else 'http'}://{host}:{port or settings.port}",
            speed=speed,
            lasts=timedelta(minutes=minutes),
            clock=core.clock,
            stop=stop,
            tell=click.echo,
        )
    except Lost as fault:
        raise click.ClickException(
            f"no kiosk answers ({fault}): start ./motcham run, or say where it listens with --port"
        ) from fault
    click.echo(f"{sum(happened.values())} events")
