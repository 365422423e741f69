"""What the element of a screen tells its style and its voice: attributes, the same on every screen."""

from __future__ import annotations

from pathlib import Path

from flask import g, url_for
from markupsafe import Markup

from intake.records import AcceptancePoint
from kiosk.display import Display
from web import core
from web.clips import clips_folder, heard_at

BROKEN = "error"  # its template: then nothing more is asked of a database


def marks(display: Display, point: AcceptancePoint | None) -> Markup:
    """The attributes of a screen that modes.css and speech.js go by."""
    found = {"size": str(display.size)}
    if display.high:
        found["contrast"] = "high"
    if display.low:
        found["reach"] = "low"
    if display.hand:
        found["hand"] = display.hand
    if display.speaks:
        found |= {"sound": display.sound, "language": display.language, **_voices(display, point)}
    return Markup(" ").join(Markup('data-{}="{}"').format(name, value) for name, value in found.items())


def _voices(display: Display, point: AcceptancePoint | None) -> dict[str, str]:
    """Where the office's recording is, and this machine's own voice."""
    found, screen = {}, _screen()
    if point is not None and screen != BROKEN:
        folder = clips_folder(core().settings.data, point.office)
        if path := heard_at(folder, display.language, screen):
            found["clip"] = url_for("kiosk.clip", language=display.language, screen=path.stem)
    if core().speaks():
        found["speech"] = url_for("kiosk.speech")
    return found


def _screen() -> str:
    """The screen being drawn, as its recording is called."""
    return str(g.get("screen") or Path(g.get("template", "")).stem)
