"""Commands for people who run an installation: ``./motcham flask …``."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import select

from demo.commands import demo
from desk.voices import folder_of, voice_of
from intake import (
    audit,
    backups,
    cataloguing,
    configuring,
    figures,
    founding,
    memory,
    outbox,
    people,
    staffing,
)
from intake.captures import apart, keeping
from intake.db import db, reading
from intake.events import Actor
from intake.lines import groups_of
from intake.office_file import BadOffice
from intake.records import Office, Person, Printer
from intake.rules.calendar import VIETNAM
from intake.rules.papers_proof import grouped_hash
from intake.rules.procedures import Procedure
from intake.rules.receipt_code import decode
from intake.rules.refusals import ForeignReceipt, LastOfRole, NotAllowed, NotAReceipt, Refusal
from intake.rules.rights import Role
from intake.rules.text import moment_words
from intake.rules.voice import CLIPS
from settings import ROOT
from web import texts, tls, translations

if TYPE_CHECKING:
    from app import Motcham
    from devices.printers import Found

BATCH = 25  # procedures saved in one transaction
AUDIT = {
    "changed": "Sự kiện {id} (số {no} trong chuỗi) đã bị sửa, hoặc con dấu của nó bị sửa.",
    "missing": "Sự kiện {id} (số {no} trong chuỗi) đã bị xóa.",
    "no_seal": "Thiếu con dấu số {no}: bị xóa hoặc bị đánh số lại.",
    "cut": "Chuỗi bị cắt đuôi: thiếu số {no}.",
    "head": "Đầu mục của chuỗi đã bị sửa hoặc bị xóa: không còn biết chuỗi dài bao nhiêu.",
    "slipped_in": "Sự kiện {id} được chèn vào giữa những sự kiện đã niêm phong, hoặc con dấu của nó bị xóa.",
    "anchor": "Số {no} không còn như khi được ghi lại ở nơi khác: chuỗi bị làm lại hoặc bị đưa về trước.",
}
CHANGES = {"new": "mới", "changed": "phiên bản mới", "same": "không đổi"}

procedures = AppGroup("procedures", help="The catalogue of procedures.")
divisions = AppGroup("divisions", help="Provinces and communes.")
calendar = AppGroup("calendar", help="Days off and make-up days.")
receipt = AppGroup("receipt", help="Receipts.")
office = AppGroup("office", help="The office of this installation.")
printer = AppGroup("printer", help="Receipt printers.")
voice = AppGroup("voice", help="The voice of the display board.")
staff = AppGroup("staff", help="People who work here, and their one-time links.")
log = AppGroup("audit", help="The chain of events: seal, verify, export.")
papers = AppGroup("papers", help="The files citizens brought.")
day_figures = AppGroup("figures", help="The figures of the days, summed up from the dossiers.")


def install(app: Flask) -> None:
    for command in (
        procedures,
        divisions,
        calendar,
        receipt,
        office,
        printer,
        staff,
        log,
        voice,
        day_figures,
        papers,
        demo,
        tls.commands,
        prepare,
        back_up,
        update_translations,
        migrate,
        new_migration,
    ):
        app.cli.add_command(command)


def schema(app: Flask) -> ModuleType:
    """Flask-Migrate for this application; imported only where it is used, for it is as big as a worker."""
    import flask_migrate

    flask_migrate.Migrate(
        app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True
    )
    return cast(ModuleType, flask_migrate)


@click.command("migrate")
def migrate() -> None:
    """Bring the database to this version's schema."""
    schema(current_app).upgrade()


@click.command("new-migration")
@click.argument("message")
def new_migration(message: str) -> None:
    """For developers: write a migration from what the records say now."""
    schema(current_app).migrate(message=message)


@click.command("translations")
@click.argument("language", default="en")
def update_translations(language: str) -> None:
    """Bring the catalogue of LANGUAGE up to date: new texts wait empty, translated ones stay."""
    folder = ROOT / "translations" / language
    if language not in translations.SLOTS:
        raise click.ClickException(f"no slot {language}: one of {', '.join(translations.SLOTS)}")
    screens = texts.screen_texts(ROOT)
    asked = {text: where for text, where in texts.procedure_texts().items() if text not in screens}
    for name, wanted in ((translations.SCREENS, screens), (translations.PROCEDURES, asked)):
        there, waiting = texts.fill(folder / name, wanted)
        click.echo(f"{folder / name}: {there} texts, {waiting} to translate")


@click.command("backup")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Instead of the usual one."
)
def back_up(folder: Path | None) -> None:
    """Copy the database while the office works; the newest 14 copies in that folder are kept."""
    core = _core()
    settings, now = core.settings, core.clock()
    folder = folder or settings.backup_dir
    if folder is None:
        raise click.ClickException("where to? Say --to DIR, or set MOTCHAM_BACKUP_DIR")
    try:
        made = backups.back_up(settings.database_url, folder, now=now)
        copied = backups.copy_papers(settings.papers_dir, folder, now=now)
    except backups.BackupFailed as fault:
        raise click.ClickException(str(fault)) from fault
    backups.tell(db.session(), now=now)
    db.session.commit()
    click.echo(f"{made} ({made.stat().st_size / 2**20:.1f} MB), {copied} more files of papers")


@papers.command("check")
def check_papers() -> None:
    """Whether the store has the bytes of every file; ends with 1 when it has not."""
    with reading():
        missing = keeping.lost(db.session(), _core().store)
        db.session.rollback()
    for file_id in missing:
        click.echo(f"file {file_id}: its bytes are missing")
    click.echo(f"{len(missing)} missing")
    sys.exit(1 if missing else 0)


@papers.command("prove")
@click.argument("proof", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("files", type=click.Path(path_type=Path, exists=True, dir_okay=False), nargs=-1)
def prove_papers(proof: Path, files: tuple[Path, ...]) -> None:
    """Tell the hash of PROOF, to compare with a receipt, and whether each of FILES is in it page by page."""
    text = proof.read_bytes()
    click.echo(f"Cả bộ: {grouped_hash(sha256(text).hexdigest())}")
    listed, wrong = {line.split()[-1] for line in text.decode(errors="replace").splitlines()}, 0
    for file in files:
        content = file.read_bytes()
        told = {sha256(content).hexdigest(), *apart.page_hashes(content)}
        wrong += not told <= listed
        click.echo(f"{file}: {'đúng là tệp đã nộp' if told <= listed else 'KHÔNG có trong bảng kê'}")
    sys.exit(1 if wrong else 0)


@click.command("prepare")
@click.option("--week", is_flag=True, help="In a new demo office: accounts, and a week of dossiers.")
def prepare(week: bool) -> None:
    """Migrate the database; on the first start load the catalogue and, in a demo, an office."""
    schema(current_app).upgrade()
    core = _core()
    founding.found(db.session(), demo=core.settings.demo, now=core.clock())
    db.session.commit()
    if week and core.settings.demo:
        _found_week(core)
    token = staffing.first_link(db.session(), now=core.clock())
    db.session.commit()
    if state := tls.state():
        click.echo(state)
    if token:
        click.echo(f"  first administrator  {_link(token)}")
        click.echo("                       opens once, within 72 hours; the next start makes another")


def _found_week(core: Motcham) -> None:
    from demo.founding import found_week  # not for an office of its own

    settings = core.settings
    base_url, now = settings.public_url, core.clock()
    found_week(db.session(), settings.data, keys=core.keys, base_url=base_url, now=now)
    db.session.commit()


@procedures.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report only; nothing is written.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def import_procedures(files: tuple[Path, ...], dry_run: bool, as_json: bool) -> None:
    """Read raw records of the national portal. Exit code 1 only when nothing could be read."""
    read = cataloguing.read_portal_files(files)
    reports = [report for report, _ in read]
    taken = [(report.file, procedure) for report, procedure in read if procedure is not None]
    changes: dict[str, str] = {}
    if not dry_run:
        outcomes = _save_in_batches([procedure for _, procedure in taken])
        changes = {file: CHANGES[outcome] for (file, _), outcome in zip(taken, outcomes, strict=True)}
    summary = cataloguing.as_report(reports)
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
    else:
        for report in reports:
            change = f" ({changes[report.file]})" if report.file in changes else ""
            click.echo(f"{report.outcome:9} {report.code or '-':12} {report.file}{change}")
            for reason in report.reasons:
                click.echo(f"          {reason}")
        counts = (summary["accepted"], summary["remarks"], summary["rejected"])
        click.echo("accepted {}, with remarks {}, rejected {}".format(*counts))
        if changes:
            told = Counter(changes.values())
            click.echo(", ".join(f"{words} {told[words]}" for words in CHANGES.values()))
    if not any(report.outcome != "rejected" for report in reports):
        sys.exit(1)


def _save_in_batches(procedures: Sequence[Procedure]) -> list[str]:
    """What each of them changed.

    A commit every so often: the kiosks' own writers wait for a batch, not for the whole import.
    """
    session = db.session()
    outcomes: list[str] = []
    for start in range(0, len(procedures), BATCH):
        batch = procedures[start : start + BATCH]
        outcomes.extend(cataloguing.save_portal_procedures(session, batch, now=_core().clock()))
        session.commit()
    memory.forget_all()
    return outcomes


@divisions.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--old", is_flag=True, help="The file lists old units and the new ones that took their place.")
def import_divisions(file: Path, old: bool) -> None:
    """Read changes of provinces and communes, a CSV like intake/data/divisions.csv."""
    take = cataloguing.import_old_units if old else cataloguing.import_divisions
    with file.open(encoding="utf-8-sig", newline="") as rows:
        report = take(db.session(), csv.DictReader(rows))
    db.session.commit()
    memory.forget_all()
    _tell(report)


def _tell(report: cataloguing.RowsReport) -> None:
    click.echo(f"{report.changed} rows new or changed, {len(report.faults)} not usable")
    for fault in report.faults:
        click.echo(f"  {fault}")


@calendar.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--office", "code", help="Only for the office of this code; otherwise for the whole country.")
def import_calendar(file: Path, code: str | None) -> None:
    """Read days off and make-up days, a CSV with the columns date,kind,name,instrument,provisional.

    KIND is holiday, substitute, swap_off or makeup.
    """
    session = db.session()
    office_id = _office(code).id if code else None
    with file.open(encoding="utf-8-sig", newline="") as rows:
        report = cataloguing.import_days(session, csv.DictReader(rows), office_id=office_id)
    session.commit()
    memory.forget_all()
    _tell(report)


@printer.command("list")
def list_printers() -> None:
    """Every printer with its address and its trouble."""
    for row in db.session.scalars(select(Printer).order_by(Printer.id)):
        click.echo(f"{row.id:3} {row.name}  {row.url}  {row.trouble or 'ok'}")


@printer.command("set-up")
@click.argument("number", type=int)
@click.argument("url", required=False)
@click.option("--it-printed", is_flag=True, help="For a printer that never answers: a person saw the paper.")
def set_up_printer(number: int, url: str | None, it_printed: bool) -> None:
    """Print a test paper, learn how this printer confirms, and keep that with its address."""
    from devices.printers import confirmed_url, is_on_a_cable

    session = db.session()
    row = session.get(Printer, number)
    if row is None:
        raise click.ClickException(f"there is no printer {number}; see: flask printer list")
    name, url = row.name, url or row.url
    found = _test_print(number, url)
    if found.trouble:
        raise click.ClickException(f"{name} did not print: {found.trouble}")
    if found.silent and not it_printed:
        raise click.ClickException(
            f"{name} took everything and never answered. If the test paper came out whole and cut,"
            " say so with --it-printed; if not, the address or the cable is wrong. Nothing was kept."
        )
    row = session.get_one(Printer, number)
    row.url = confirmed_url(url, found.ack)
    row.host = _core().settings.worker_name if is_on_a_cable(url) else None
    session.commit()
    click.echo(f"{name}: {found.maker} {found.model} confirms by {found.ack}; kept as {row.url}")


def _test_print(number: int, url: str) -> Found:
    """The printer's turn is taken, so no worker prints meanwhile; no transaction is open while it prints."""
    from devices.printers import set_up

    session, settings, clock = db.session(), _core().settings, _core().clock
    worker = f"{settings.worker_name}:setup"
    lease = timedelta(seconds=2 * settings.printer_wait_s)
    if not outbox.take_turn(session, number, worker=worker, now=clock(), lease=lease):
        session.rollback()
        raise click.ClickException("somebody is printing on it now; try again in a moment")
    session.commit()
    try:
        return set_up(url, virtual_port=settings.printer_port)
    except ValueError as fault:
        raise click.ClickException(str(fault)) from fault
    finally:
        outbox.give_turn(session, number, worker=worker)


@office.command("load")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def load_office(file: Path) -> None:
    """Set up an office from a JSON file (shape: intake/data/demo_office.json)."""
    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"))
    except ValueError as fault:
        raise click.ClickException(f"{file} is not JSON: {fault}") from fault
    try:
        founded = founding.load_office(db.session(), data, printer_fault=_printer_fault)
    except BadOffice as refused:
        raise click.ClickException(f"nothing of {file} was kept:\n{refused}") from refused
    db.session.commit()
    memory.forget_all()
    click.echo(f"{founded.code} {founded.name}")


def _printer_fault(url: str) -> str:
    from devices.printers import printer_at

    try:
        printer_at(url, virtual_port=_core().settings.printer_port)
    except ValueError as fault:
        return str(fault)
    return ""


@office.command("export")
@click.option("--office", "code", help="Code of the office; may be left out where there is only one.")
def export_office(code: str | None) -> None:
    """Write the configuration of an office as JSON: no people, no secrets, no dossiers."""
    found = configuring.configuration(db.session(), _office(code))
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


@office.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--office", "code", help="Code of the office; may be left out where there is only one.")
@click.option("--dry-run", is_flag=True, help="Report what would change; nothing is written.")
def import_office(file: Path, code: str | None, dry_run: bool) -> None:
    """Make an office what a configuration file says. Exit code 1 when the file cannot be used."""
    session, found = db.session(), _office(code)
    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"))
        changes = configuring.take_in(
            session,
            found,
            data,
            stamped=None,
            printer_fault=_printer_fault,
            by=Actor("cli", "cli"),
            now=_core().clock(),
        )
    except ValueError as fault:
        raise click.ClickException(f"{file} is not JSON: {fault}") from fault
    except BadOffice as refused:
        raise click.ClickException(f"nothing of {file} was kept:\n{refused}") from refused
    for one in changes:
        click.echo(f"{one.kind:8} {one.part} {one.what}: {_json(one.old)} -> {_json(one.new)}")
    if dry_run:
        session.rollback()
        click.echo(f"{len(changes)} changes; nothing was written")
        return
    session.commit()
    memory.forget_all()
    click.echo(f"{len(changes)} changes of {found.code}")


def _json(value: object) -> str:
    return "-" if value is None else json.dumps(value, ensure_ascii=False)


@office.command("offer")
@click.argument("codes", nargs=-1, required=True)
@click.option("--office", "code", help="Code of the office; may be left out where there is only one.")
def offer_procedures(codes: tuple[str, ...], code: str | None) -> None:
    """Let the office receive these procedures of the catalogue."""
    try:
        new = founding.offer(db.session(), _office(code), codes)
    except BadOffice as refused:
        raise click.ClickException(str(refused)) from refused
    db.session.commit()
    memory.forget_all()
    click.echo(f"{len(new)} procedures more are received: {', '.join(new) or '-'}")


@office.command("withdraw")
@click.argument("codes", nargs=-1, required=True)
@click.option("--office", "code", help="Code of the office; may be left out where there is only one.")
def withdraw_procedures(codes: tuple[str, ...], code: str | None) -> None:
    """Receive these procedures no longer; dossiers that were handed in go on."""
    gone = founding.withdraw(db.session(), _office(code), codes)
    db.session.commit()
    memory.forget_all()
    click.echo(f"{len(gone)} procedures are received no longer: {', '.join(gone) or '-'}")


def _office(code: str | None) -> Office:
    """The office of that code, or the only one there is."""
    offices = {row.code: row for row in db.session.scalars(select(Office))}
    if code is None and len(offices) == 1:
        return next(iter(offices.values()))
    if code not in offices:
        raise click.ClickException(f"name an office with --office; there is: {', '.join(offices) or 'none'}")
    return offices[code]


@receipt.command("verify")
@click.argument("text")
def verify_receipt(text: str) -> None:
    """Check the scanned text of a receipt without a network. Exit code 1 when it is not ours."""
    try:
        code = decode(text, _core().keys.public_keys)
    except NotAReceipt:
        click.echo("Đây không phải mã biên nhận.", err=True)
        sys.exit(1)
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


@staff.command("first-link")
def first_link() -> None:
    """A link that makes the first administrator, once, within 72 hours; older ones open no more."""
    token = staffing.first_link(db.session(), now=_core().clock())
    db.session.commit()
    if token is None:
        raise click.ClickException("there is an administrator already; see: flask staff list")
    click.echo(_link(token))


@staff.command("add")
@click.argument("username")
@click.argument("name")
@click.option("--role", "roles", multiple=True, type=click.Choice([str(role) for role in Role]))
@click.option("--office", "code", help="Code of the office; may be left out where there is only one.")
@click.option("--unit", "unit_name", help="The unit whose dossiers a deciding officer decides.")
@click.option("--post", "post_code", help="Code of the post office of a clerk.")
def add_person(
    username: str,
    name: str,
    roles: tuple[str, ...],
    code: str | None,
    unit_name: str | None,
    post_code: str | None,
) -> None:
    """Somebody new, without a password; prints the link with which they choose one."""
    session = db.session()
    held = frozenset(Role(role) for role in roles)
    here = held - {Role.ADMINISTRATOR}
    by = _governor(_office(code).id if here else None)
    units = {unit.name: unit.id for unit in staffing.units_of(session, by.office_id)}
    if unit_name is not None and unit_name not in units:
        raise click.ClickException(f"there is no such unit; there is: {', '.join(units) or 'none'}")
    posts = {post.code: post.id for post in staffing.post_offices_of(session, by.office_id)}
    if post_code is not None and post_code not in posts:
        raise click.ClickException(f"there is no such post office; there is: {', '.join(posts) or 'none'}")
    wanted = staffing.Wanted(
        name,
        roles=here,
        point_id=posts[post_code] if post_code else None,
        unit_id=units[unit_name] if unit_name else None,
        administrator=Role.ADMINISTRATOR in held,
        username=username.strip().casefold(),
    )
    if faults := staffing.faults_of(session, wanted, by, is_new=True):
        raise click.ClickException("\n".join(f"{fault.key}: {fault.code}" for fault in faults))
    _, token = staffing.add_person(session, wanted, by, now=_core().clock())
    session.commit()
    click.echo(_link(token))


@staff.command("invite")
@click.argument("username")
def invite(username: str) -> None:
    """A new one-time link for somebody who has no password yet, or forgot it."""
    person_id = _person(username)
    try:
        token = staffing.invite(db.session(), person_id, _governor(), now=_core().clock())
    except NotAllowed as refused:
        raise click.ClickException(f"{username} is out of use") from refused
    db.session.commit()
    click.echo(_link(token))


@staff.command("list")
def list_people() -> None:
    """Everybody with an account, their roles, and how they stand."""
    now = _core().clock()
    offices = {row.id: row.code for row in db.session.scalars(select(Office))}
    for one in staffing.colleagues(db.session(), _governor(), now=now):
        person = db.session.get_one(Person, one.person_id)
        roles = [f"{held.role}@{offices.get(held.office_id or 0, '*')}" for held in person.assignments]
        state = "off" if not one.active else "locked" if one.locked_until else "ok"
        state = state if one.has_password else f"{state}, no password"
        click.echo(f"{one.username:16} {one.name:28} {state:18} {' '.join(roles) or '-'}")


@staff.command("deactivate")
@click.argument("username")
def deactivate(username: str) -> None:
    """Take somebody's access away at once."""
    try:
        staffing.set_active(db.session(), _person(username), False, _governor(), now=_core().clock())
    except LastOfRole as refused:
        raise click.ClickException(f"{username} is the last {refused.facts['role']}") from refused
    db.session.commit()


@staff.command("unlock")
@click.argument("username")
def unlock(username: str) -> None:
    """Let somebody try again who typed wrong passwords too often."""
    staffing.unlock(db.session(), _person(username), _governor(), now=_core().clock())
    db.session.commit()


@staff.command("drop-second-factor")
@click.argument("username")
def drop_second_factor(username: str) -> None:
    """For somebody who lost the telephone and the recovery codes."""
    staffing.drop_second_factor(db.session(), _person(username), _governor(), now=_core().clock())
    db.session.commit()


def _person(username: str) -> int:
    person_id, _ = people.known_as(db.session(), username)
    if person_id is None:
        raise click.ClickException(f"there is no {username}; see: flask staff list")
    return person_id


def _governor(office_id: int | None = None) -> staffing.Governor:
    """Whoever may run commands on this machine holds its keys anyway."""
    return staffing.Governor(Actor("command line", "cli"), office_id, is_administrator=True)


def _link(token: str) -> str:
    return f"{_core().settings.public_url}/desk/enter/{token}"


@voice.command("make")
def make_voice() -> None:
    """Make the clips that are missing with espeak-ng; the office's own are left alone."""
    from devices.speech import NoSpeech, make_clips

    folder = folder_of(_core().settings.data)
    try:
        made = make_clips(folder, CLIPS)
    except NoSpeech as fault:
        raise click.ClickException(
            f"{fault}: the board only chimes. Install espeak-ng, or record the clips (docs/devices.md)."
        ) from fault
    click.echo(f"{len(made)} clips made in {folder}")
    _tell_voice()


@voice.command("status")
def voice_status() -> None:
    """Say whether the board speaks, and which clips are missing."""
    _tell_voice()


def _tell_voice() -> None:
    folder = folder_of(_core().settings.data)
    for row in db.session.scalars(select(Office).order_by(Office.id)):
        prefixes = tuple(group.prefix for group in groups_of(db.session(), row, now=_core().clock()))
        found = voice_of(folder, prefixes)
        if found.speaks:
            click.echo(f"{row.code}: speaks ({found.there} clips in {folder})")
        else:
            click.echo(f"{row.code}: chime only; {len(found.missing)} clips are missing in {folder}:")
            for name in found.missing:
                click.echo(f"  {name:14} {CLIPS[name]}")


@day_figures.command("rebuild")
@click.option("--office", "code", help="Only the days of this office.")
def rebuild_figures(code: str | None) -> None:
    """Sum up every day anew, as after a change of working hours of days past."""
    session, office = db.session(), _office(code) if code else None
    session.rollback()
    with reading():
        work = figures.anew(session, office, now=_core().clock())
        session.rollback()
    figures.rebuild(session, work, office)
    session.commit()
    click.echo(f"Đã tính lại {len(work.days)} ngày.")


@day_figures.command("check")
def check_figures() -> None:
    """Compare the figures with the dossiers. Exit code 1 with what differs."""
    with reading():
        found = figures.differences(db.session(), now=_core().clock())
    for line in found:
        click.echo(line, err=True)
    click.echo(f"{len(found)} chỗ khác.")
    if found:
        sys.exit(1)


@log.command("seal")
def seal_events() -> None:
    """Seal what waits. The worker does it every few seconds."""
    click.echo(f"Đã niêm phong {_seal_all()} sự kiện.")


@log.command("verify")
@click.option("--anchor", help="NUMBER:MAC of an earlier verdict, export or log line, kept elsewhere.")
def verify_events(anchor: str | None) -> None:
    """Walk the chain of events. Exit code 1 when one was changed, lost or slipped in."""
    kept = None
    if anchor is not None:
        number, _, mac = anchor.partition(":")
        if not number.isdecimal() or not mac:
            raise click.ClickException("--anchor is a number, a colon and the mac of that number")
        kept = (int(number), mac.strip())
    with reading():
        verdict = audit.verify(db.session(), keys=_core().keys, anchor=kept)
    for finding in verdict.findings:
        click.echo(AUDIT[finding.code].format(no=finding.no, id=finding.event_id), err=True)
    click.echo(
        f"{verdict.sealed} sự kiện trong chuỗi, {verdict.waiting} chưa niêm phong,"
        f" {len(verdict.findings)} chỗ sai. Số cuối: {verdict.sealed}:{verdict.last_mac or '-'}"
    )
    if verdict.findings:
        sys.exit(1)


@log.command("export")
@click.option("--from", "first", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First civil day.")
@click.option("--to", "last", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last civil day.")
@click.option("--office", "code", help="Only events of this office.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="….csv or ….jsonl"
)
def export_events(first: datetime, last: datetime, code: str | None, out: Path) -> None:
    """Write the events of a period with their numbers in the chain: CSV, or JSON lines."""
    form = out.suffix.lstrip(".")
    if form not in ("csv", "jsonl"):
        raise click.ClickException("the name of the file must end with .csv or .jsonl")
    since, until = (day.replace(tzinfo=VIETNAM) for day in (first, last + timedelta(days=1)))
    office_id, session = _office(code).id if code else None, db.session()
    audit.tell_export(
        session,
        since=since,
        until=until,
        form=form,
        by=_governor().actor,
        office_id=office_id,
        now=_core().clock(),
    )
    session.commit()
    found = audit.lines(session, since=since, until=until, office_id=office_id, everywhere=code is None)
    encoding = "utf-8-sig" if form == "csv" else "utf-8"
    with reading(), out.open("w", encoding=encoding, newline="") as file:
        count = audit.write_csv(found, file) if form == "csv" else audit.write_json(found, file)
    click.echo(f"{count} sự kiện đã ghi vào {out}")


def _seal_all() -> int:
    session, sealed = db.session(), 0
    while True:
        now = audit.seal(session, keys=_core().keys, now=_core().clock())
        session.commit()
        sealed += now
        if now < audit.BATCH:
            return sealed


def _core() -> Motcham:
    return cast("Motcham", current_app.extensions["motcham"])
