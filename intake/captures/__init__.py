"""Papers as files: taken in, kept sealed, shown, and wiped with the draft they belong to."""

from __future__ import annotations

from intake.captures.apart import prepare
from intake.captures.files import (
    Added,
    FileRow,
    Turned,
    accept_quality,
    add_file,
    files_of,
    keep_until,
    move,
    page_picture,
    remove,
    turn,
    turned,
)
from intake.captures.scan_jobs import ScanView, ask_scan, scan_state
from intake.captures.store import Store
from intake.content.found import Concern, Prepared, Signature

__all__ = [
    "Added",
    "Concern",
    "FileRow",
    "Prepared",
    "ScanView",
    "Signature",
    "Store",
    "Turned",
    "accept_quality",
    "add_file",
    "ask_scan",
    "files_of",
    "keep_until",
    "move",
    "page_picture",
    "prepare",
    "remove",
    "scan_state",
    "turn",
    "turned",
]
