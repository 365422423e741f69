"""What the kiosk's screens say, recorded by people of the office: one sound a screen and language."""

from __future__ import annotations

from flask import Response, abort, request, url_for

from desk.bp import bp
from desk.office.frame import draw, saved
from desk.voices import folder_of, voice_of
from intake.changing import office_at_hand, tell
from intake.db import db
from intake.lines import groups_of
from intake.queries import offered, procedure_version
from intake.records import Office
from intake.rules.rights import Right
from intake.rules.screens import LANGUAGES, SCREENS, question_screens
from web import core, now
from web.clips import KINDS, LARGEST, clip_of, clips_folder, clips_in, keep_clip, kind_of, remove_clip
from web.limits import takes_files
from web.staff import needs, staff, staff_office

HERE = "desk.office_voices"


@bp.get("/office/voices", endpoint="office_voices")
@needs(Right.RUN_OFFICE)
def show_voices() -> Response:
    return _voices(_language())


@bp.post("/office/voices")
@takes_files
@needs(Right.RUN_OFFICE)
def keep_voice() -> Response:
    """A new recording for a screen, or «Xóa» of the one there."""
    language, screen = _language(), request.form.get("screen", "")
    office = staff_office()
    folder = clips_folder(core().settings.data, office)
    if screen not in _screens(office):
        abort(404)
    if request.form.get("go") == "remove":
        if remove_clip(folder, language, screen):
            _tell(office, language, screen, before=True, after=False)
        return saved(HERE, language=language)
    sent = request.files.get("clip")
    content = b""
    if sent:
        content = sent.read(LARGEST + 1)
        sent.close()
    if not content or len(content) > LARGEST or kind_of(content) is None:
        fault = "missing" if not content else "too_long" if len(content) > LARGEST else "strange"
        return _voices(language, fault=fault, at=screen)
    was_there = clip_of(folder, language, screen) is not None
    keep_clip(folder, language, screen, content)
    _tell(office, language, screen, before=was_there, after=True)
    return saved(HERE, language=language)


@bp.get("/office/voices/<language>/<screen>", endpoint="office_clip")
@needs(Right.RUN_OFFICE)
def hear(language: str, screen: str) -> Response:
    path = clip_of(clips_folder(core().settings.data, staff_office()), language, screen)
    if path is None:
        abort(404)
    return Response(path.read_bytes(), mimetype=KINDS[path.suffix])


def _tell(office: Office, language: str, screen: str, *, before: bool, after: bool) -> None:
    """Who changed which recording; one in place of another is told as new."""
    tell(
        db.session(),
        office_at_hand(db.session(), office),
        "voice_changed",
        {"recording": before and not after},
        {"recording": after},
        by=staff().actor,
        now=now(),
        what=f"{LANGUAGES[language]}: {_screens(office)[screen]}",
    )
    db.session.commit()


def _voices(language: str, *, fault: str = "", at: str = "") -> Response:
    office = staff_office()
    data = core().settings.data
    prefixes = tuple(group.prefix for group in groups_of(db.session(), office, now=now()))
    return draw(
        "voices",
        422 if fault else 200,
        here=HERE,
        kinds=("voice_changed",),
        language=language,
        languages=LANGUAGES,
        there=clips_in(clips_folder(data, office), language),
        screens=SCREENS,
        procedures=_procedures(office),
        machine_speaks=core().speaks(),
        calls=voice_of(folder_of(data), prefixes),
        fault=fault,
        at=at,
        again=url_for(HERE, language=language),
    )


def _procedures(office: Office) -> list[tuple[str, dict[str, str]]]:
    """Each procedure received here, with the screens of its own questions."""
    session = db.session()
    found = [
        (offer.title, question_screens(procedure_version(session, offer.version_id, now=now())))
        for offer in offered(session, office, now=now())
    ]
    return [one for one in found if one[1]]


def _screens(office: Office) -> dict[str, str]:
    """Every screen that can be recorded here, by name."""
    return SCREENS | {name: words for _, screens in _procedures(office) for name, words in screens.items()}


def _language() -> str:
    language = request.values.get("language", "vi")
    return language if language in LANGUAGES else "vi"
