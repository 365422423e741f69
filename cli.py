"""Commands for people who run an installation: ``./motcham flask …``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import Migrate, upgrade

from intake import cataloguing, founding
from intake.db import db
from intake.rules.receipt_code import decode
from intake.rules.refusals import ForeignReceipt, Refusal
from intake.rules.text import moment_words
from settings import ROOT

if TYPE_CHECKING:
    from app import Motcham

procedures = AppGroup("procedures", help="The catalogue of procedures.")
divisions = AppGroup("divisions", help="Provinces and communes.")
receipt = AppGroup("receipt", help="Receipts.")
office = AppGroup("office", help="The office of this installation.")


def install(app: Flask) -> None:
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    for command in (procedures, divisions, receipt, office, prepare, worker):
        app.cli.add_command(command)


@click.command("prepare")
def prepare() -> None:
    """Migrate the database; on the first start load the catalogue and, in a demo, an office."""
    upgrade(directory=str(ROOT / "migrations"))
    core = _core()
    founding.found(db.session(), demo=core.settings.demo, now=core.clock())
    db.session.commit()


@click.command("worker")
def worker() -> None:
    """Print what was promised, until stopped."""
    from worker import Worker

    Worker(current_app._get_current_object()).run()  # type: ignore[attr-defined]


@procedures.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report only; nothing is written.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def import_procedures(files: tuple[Path, ...], dry_run: bool, as_json: bool) -> None:
    """Read raw records of the national portal. Exit code 1 only when nothing could be read."""
    session = db.session()
    reports = cataloguing.import_portal_files(session, files, now=_core().clock())
    if dry_run:
        session.rollback()
    else:
        session.commit()
    summary = cataloguing.as_report(reports)
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
    else:
        for report in reports:
            click.echo(f"{report.outcome:9} {report.code or '-':12} {report.file}")
            for reason in report.reasons:
                click.echo(f"          {reason}")
        click.echo(
            f"accepted {summary['accepted']}, with remarks {summary['remarks']}, rejected {summary['rejected']}"
        )
    if not any(report.outcome != "rejected" for report in reports):
        sys.exit(1)


@office.command("load")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def load_office(file: Path) -> None:
    """Set up an office from a JSON file (shape: intake/data/demo_office.json)."""
    founded = founding.load_office(db.session(), json.loads(file.read_text(encoding="utf-8")))
    click.echo(f"{founded.code} {founded.name}")
    db.session.commit()


@receipt.command("verify")
@click.argument("text")
def verify_receipt(text: str) -> None:
    """Check the scanned text of a receipt without a network. Exit code 1 when it is not ours."""
    try:
        code = decode(text, _core().keys.public_keys)
    except ForeignReceipt as refusal:
        click.echo(f"Không kiểm tra được: biên nhận do cơ quan {refusal.facts['office']} cấp.", err=True)
        sys.exit(1)
    except Refusal:
        click.echo("Biên nhận giả hoặc đã bị sửa: chữ ký không khớp.", err=True)
        sys.exit(1)
    click.echo(
        f"Biên nhận thật. Mã hồ sơ {code.dossier_code}, cơ quan {code.office},"
        f" nhận lúc {moment_words(code.received_at)}."
    )


def _core() -> Motcham:
    return cast("Motcham", current_app.extensions["motcham"])
