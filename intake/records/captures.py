"""Papers as files: what was scanned, photographed or sent from a phone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.records.base import Record

if TYPE_CHECKING:
    from intake.records.offices import AcceptancePoint


class DocumentFile(Record):
    """One file of one paper. It belongs to the attempt of a draft, then to the dossier made of it.

    The bytes are in the store of intake.captures, sealed, under ``content_key``. A
    file without a dossier is wiped at ``expires_at``.
    """

    __tablename__ = "document_file"
    __table_args__ = (
        CheckConstraint("way in ('scanner', 'camera', 'phone', 'counter')", name="way"),
        CheckConstraint("scan_state in ('not_scanned', 'clean', 'infected')", name="scan_state"),
        Index("ix_document_file_expires_at", "expires_at"),
        Index("ix_document_file_scan_state", "scan_state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    attempt: Mapped[str] = mapped_column(String(64), index=True)  # "": given up, to be wiped
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)  # it dies with that
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    requirement_key: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]  # among the files of this paper, from 1
    way: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))  # "image" (JPEG) or "pdf"
    content_key: Mapped[str] = mapped_column(String(64), index=True)  # where the store has it
    sha256: Mapped[str] = mapped_column(String(64))  # of the bytes as kept
    page_hashes: Mapped[list[Any]]  # sha256 of each page, in order
    pages: Mapped[int]
    size: Mapped[int]  # bytes as kept
    brought_size: Mapped[int]  # bytes as brought
    signatures: Mapped[list[Any]] = mapped_column(default=list)  # of a signed PDF, kept byte for byte
    quality: Mapped[list[Any]] = mapped_column(default=list)  # what was found and taken all the same
    scan_state: Mapped[str] = mapped_column(String(12), default="not_scanned")
    scanned_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class UploadLink(Record):
    """What a phone was shown by a QR: it may add files to one paper of one draft, for a short time."""

    __tablename__ = "upload_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_key: Mapped[str] = mapped_column(String(64), unique=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    attempt: Mapped[str] = mapped_column(String(64))
    requirement_key: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]  # a phone has opened it


class ScanJob(Record):
    """Pages asked of the document scanner of a kiosk; the worker fetches them.

    asked → claimed → done | failed (with the reason in ``reason``).
    """

    __tablename__ = "scan_job"
    __table_args__ = (
        CheckConstraint("state in ('asked', 'claimed', 'done', 'failed')", name="state"),
        Index("ix_scan_job_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("acceptance_point.id"))
    attempt: Mapped[str] = mapped_column(String(64))
    requirement_key: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    reason: Mapped[str] = mapped_column(String(30), default="")
    added: Mapped[list[Any]] = mapped_column(JSON, default=list)  # ids of the files it brought
    asked_at: Mapped[datetime]
    claimed_by: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    point: Mapped[AcceptancePoint] = relationship()
