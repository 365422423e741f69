"""The files of a draft become those of the dossier that is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.applications import Application, asked_of
from intake.records import DocumentFile, Dossier
from intake.rules.answers import Fault
from intake.rules.papers_proof import Proven, papers_hash, proof_text
from intake.rules.procedures import Procedure

ATTACHED = "attached"


@dataclass(frozen=True)
class Brought:
    """What comes with a dossier as files: of each paper that was answered so, in order."""

    papers: tuple[tuple[str, str, tuple[DocumentFile, ...]], ...] = ()  # key, name, files
    faults: tuple[Fault, ...] = ()

    @property
    def files(self) -> list[DocumentFile]:
        return [file for _, _, files in self.papers for file in files]

    @property
    def hash(self) -> str | None:
        """Over all pages, as the receipt says it; None when nothing was attached."""
        return papers_hash(text_of(self.papers)) if self.papers else None

    @property
    def facts(self) -> dict[str, object]:
        """For the event of handing in."""
        pages = sum(file.pages for file in self.files)
        return {"files": len(self.files), "pages": pages, "papers_hash": self.hash} if self.papers else {}

    @property
    def told(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """For the receipt: the name of each paper and the hashes of its pages."""
        return tuple(
            (name, tuple(page for file in files for page in file.page_hashes))
            for _, name, files in self.papers
        )


def brought_with(session: Session, procedure: Procedure, application: Application) -> Brought:
    """The files of the papers that were answered «attached»; a paper without any is a fault "no_file"."""
    documents = application.documents
    attached = [
        paper
        for paper in asked_of(procedure, application)
        if documents.get(paper.key, {}).get("how") == ATTACHED
    ]
    if not attached:
        return Brought()
    wanted = select(DocumentFile).where(
        DocumentFile.attempt == application.attempt, DocumentFile.dossier_id.is_(None)
    )
    order = DocumentFile.position, DocumentFile.id
    held = wanted.order_by(*order).with_for_update().execution_options(populate_existing=True)
    files = session.scalars(held).all()
    of = {paper.key: tuple(one for one in files if one.requirement_key == paper.key) for paper in attached}
    return Brought(
        papers=tuple((paper.key, paper.name, of[paper.key]) for paper in attached if of[paper.key]),
        faults=tuple(Fault(paper.key, "no_file") for paper in attached if not of[paper.key]),
    )


def adopt(session: Session, brought: Brought, dossier: Dossier) -> None:
    """They live as long as the dossier; the order they were handed in stays as it is."""
    for file in brought.files:
        file.dossier_id, file.visit_id, file.expires_at = dossier.id, None, None
    if brought.papers:
        session.flush()


def proof_of(session: Session, dossier: Dossier) -> str:
    """The text whose hash stands on the receipt; "" when no file came with it."""
    files = session.scalars(
        select(DocumentFile)
        .where(DocumentFile.dossier_id == dossier.id, DocumentFile.attempt == dossier.attempt)
        .order_by(DocumentFile.position, DocumentFile.id)
    ).all()
    if not files:
        return ""
    keys = {file.requirement_key for file in files}
    return text_of([(key, "", [one for one in files if one.requirement_key == key]) for key in keys])


def text_of(papers: Sequence[tuple[str, str, Sequence[DocumentFile]]]) -> str:
    """By the keys of the papers, so that it can be written anew from the files alone."""
    return proof_text(
        [
            (key, [Proven(key, one.kind, one.sha256, tuple(one.page_hashes)) for one in files])
            for key, _, files in sorted(papers, key=lambda paper: paper[0])
        ]
    )
