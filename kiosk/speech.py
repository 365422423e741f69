"""What a screen says: the office's recording, else this machine's voice; speech.js has the browser's."""

from __future__ import annotations

from threading import BoundedSemaphore

from flask import Response, abort, request

from intake.rules.screens import LANGUAGES
from kiosk.bp import bp
from kiosk.here import this_point
from web import core
from web.clips import KINDS, clip_of, clips_folder
from web.limits import limiter

LONGEST = 1000  # letters said at once
SAYINGS = "120 per minute"  # of one address, behind which every kiosk of an office may stand
AT_ONCE = BoundedSemaphore(2)  # voices at work: the machine has other things to do


@bp.get("/speech/<language>/<screen>")
def clip(language: str, screen: str) -> Response:
    """The office's recording for a screen."""
    point = this_point()
    path = clip_of(clips_folder(core().settings.data, point.office), language, screen) if point else None
    if path is None:
        abort(404)
    return Response(path.read_bytes(), mimetype=KINDS[path.suffix])


@bp.post("/speech")
@limiter.limit(SAYINGS)
def speech() -> Response:
    """These words as a sound; 204 when this machine cannot say them, and the browser may try.

    The words are in the form, not in the address: no log has them.
    """
    words, language = request.form.get("words", "")[:LONGEST].strip(), request.form.get("language", "")
    if this_point() is None or not words or language not in LANGUAGES:
        return Response(status=204)
    if not AT_ONCE.acquire(timeout=2):
        return Response(status=204)
    try:
        sound = core().speak(words, language)
    finally:
        AT_ONCE.release()
    return Response(sound, mimetype="audio/wav") if sound else Response(status=204)
