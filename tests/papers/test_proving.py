"""What somebody does later to prove which pages were handed in, and what a restored folder lacks."""

from __future__ import annotations

import hashlib

import pytest

import papersway as way
from conftest import House
from intake.captures import prepare
from intake.captures.store import address_of
from intake.db import db
from intake.records import DocumentFile, Office
from intake.rules.papers_proof import Proven, grouped_hash, proof_text


@pytest.fixture
def run(sqlite_house: House):
    sqlite_house.restore()
    with sqlite_house.app.app_context():
        yield lambda *arguments: sqlite_house.app.test_cli_runner().invoke(
            args=["papers", *map(str, arguments)]
        )
        db.session.remove()


def test_the_list_and_its_files_are_proved_with_one_command(run, tmp_path):
    page, pdf = prepare(way.a_file(way.a_page(620, 877)), way="scanner"), prepare(way.a_pdf(2))
    proven = [Proven("form", one.kind, one.sha256, one.page_hashes) for one in (page, pdf)]
    text = proof_text([("form", proven)])
    assert text.splitlines()[3] == f"1.2 form pdf 2 {pdf.sha256}"
    (tmp_path / "list.txt").write_text(text, encoding="utf-8")
    (tmp_path / "page.jpg").write_bytes(page.content)
    (tmp_path / "paper.pdf").write_bytes(pdf.content)
    good = run("prove", tmp_path / "list.txt", tmp_path / "page.jpg", tmp_path / "paper.pdf")
    assert grouped_hash(hashlib.sha256(text.encode()).hexdigest()) in good.output
    assert (good.exit_code, good.output.count("đúng là tệp đã nộp")) == (0, 2)
    (tmp_path / "page.jpg").write_bytes(page.content + b"\0")
    bad = run("prove", tmp_path / "list.txt", tmp_path / "page.jpg")
    assert (bad.exit_code, "KHÔNG" in bad.output) == (1, True)


def test_files_whose_bytes_are_gone_are_named(run, sqlite_house):
    assert run("check").exit_code == 0
    address = address_of("12" * 32, sqlite_house.keys)
    row = DocumentFile(
        office_id=db.session.query(Office.id).limit(1).scalar(), attempt="a", requirement_key="form",
        position=1, way="phone", kind="image", content_key=address, sha256="12" * 32, page_hashes=[],
        pages=1, size=1, brought_size=1, signatures=[], quality=[], created_at=sqlite_house.clock(),
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    told = run("check")
    assert (told.exit_code, f"file {row.id}:" in told.output) == (1, True)
