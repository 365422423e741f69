"""Killing web and worker with SIGKILL while citizens file dossiers, then counting what is left.

What must hold afterwards: every dossier whose receipt a citizen saw exists once,
under the code that was shown; codes are numbered without gap or repeat; each
receipt came out of the printer once without a reprint mark, or the ledger says
why it is not known to have.
"""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app import create_app
from bench.figures import figures, latencies
from bench.installation import Installation
from bench.ledger import judge, ledger, papers_by_code, settled
from bench.load import Call
from bench.submit import make_ready, submit_call, was_filed
from bench.visits import Ready
from devices.virtual_printer import VirtualPrinter
from intake.db import db

KILLS = 20
PACE_S = (0.2, 1.0)  # between two kills
THINK_S = (0.1, 0.5)  # between two citizens at a kiosk
AGAIN_S = 0.1  # before a citizen's browser tries again
MOST_TRIES = 3000
ENOUGH = 3  # citizens who saw a receipt, for each kill; on a busy machine that takes longer than the kills
PATIENCE_S = 240.0
CODE = re.compile(r"(H56\.17\.22)\s+(\d{6})\s+·\s+(\d+)")  # grouped, as the screen shows it


@dataclass(frozen=True)
class Verdict:
    """What was found; ``faults`` is empty when nothing was lost or doubled."""

    kills: Mapping[str, int]
    told: int  # citizens who saw a receipt
    states: Mapping[str, int]  # of the papers in the ledger
    milliseconds: Sequence[float]  # from the first touch to the receipt on the screen
    faults: Sequence[str]


def run(folder: Path, database_url: str | None, *, clients: int, seed: int) -> dict[str, object]:
    began = time.perf_counter()
    verdict = crash(folder, database_url, clients=clients, seed=seed)
    return figures(
        "crash",
        db="sqlite" if database_url is None else "postgresql",
        clients=clients,
        ok=verdict.told,
        per_s=round(verdict.told / (time.perf_counter() - began), 1),
        **latencies(verdict.milliseconds),
        duplicates=sum("twice" in fault for fault in verdict.faults),
        kills=verdict.kills,
        papers=verdict.states,
        faults=verdict.faults,
        failed=len(verdict.faults),
    )


def crash(folder: Path, database_url: str | None, *, clients: int, seed: int, kills: int = KILLS) -> Verdict:
    """File dossiers from ``clients`` kiosks through ``kills`` kills at moments drawn from ``seed``."""
    dice = random.Random(seed)
    with (
        Installation(folder, database_url) as place,
        VirtualPrinter(port=place.settings.printer_port, keep=100 * kills) as printer,
    ):
        place.flask("prepare")
        app = create_app(place.settings)
        lobby = Lobby(place, make_ready(app, 40 * kills))
        place.start("web", "worker")
        paces = [random.Random(dice.random()) for _ in range(clients)]
        kiosks = [threading.Thread(target=lobby.kiosk, args=(pace,)) for pace in paces]
        for kiosk in kiosks:
            kiosk.start()
        killed: Counter[str] = Counter()
        try:
            for _ in range(kills):
                time.sleep(dice.uniform(*PACE_S))
                name = dice.choice(("web", "worker"))
                place.kill(name)
                killed[name] += 1
                place.start(name)
            lobby.serve(ENOUGH * kills, PATIENCE_S)
        finally:
            lobby.closed.set()
        for kiosk in kiosks:
            kiosk.join()
        with app.app_context():
            faults = [] if settled(db.session()) else ["papers are still waiting to be printed"]
            found = ledger(db.session())
            db.session.remove()
            db.engine.dispose()
        papers = papers_by_code(printer.papers, app.extensions["motcham"].keys.public_keys)
    return Verdict(
        kills=dict(killed),
        told=len(lobby.told),
        states=dict(Counter(entry.state or "no paper" for entry in found)),
        milliseconds=lobby.milliseconds,
        faults=[*faults, *judge(lobby.told, found, papers)],
    )


class Lobby:
    """Citizens and what they were told: by attempt, the code their screen showed."""

    def __init__(self, place: Installation, ready: Sequence[Ready]) -> None:
        self.place = place
        self.waiting = iter(ready)
        self.lock = threading.Lock()
        self.closed = threading.Event()
        self.told: dict[str, str] = {}
        self.milliseconds: list[float] = []

    def serve(self, least: int, seconds: float) -> None:
        """Stay open until so many were told, but no longer than that."""
        until = time.monotonic() + seconds
        while len(self.told) < least and time.monotonic() < until:
            time.sleep(0.1)

    def kiosk(self, dice: random.Random) -> None:
        """One citizen after another, until the lobby closes; each stays until told."""
        while not self.closed.wait(dice.uniform(*THINK_S)):
            with self.lock:
                one = next(self.waiting, None)
            if one is None:
                return
            began = time.perf_counter()
            code = self.file(one)
            self.milliseconds.append((time.perf_counter() - began) * 1000)
            self.told[one.attempt] = code

    def file(self, one: Ready) -> str:
        """Touch «Nộp hồ sơ» again and again until the receipt's screen shows a code."""
        call = submit_call(self.place, one)
        look = Call("GET", "/kiosk/receipt", {"Cookie": call.headers["Cookie"]})
        filed = False
        for _ in range(MOST_TRIES):
            status, location, page = self._ask(look if filed else call)
            if filed and status == 200 and (code := CODE.search(re.sub(r"<[^>]*>", " ", page))):
                return f"{code[1]}-{code[2]}-{code[3]}"
            if not filed and was_filed(status, location):
                filed = True
            else:
                time.sleep(AGAIN_S)
        return "nothing"

    def _ask(self, call: Call) -> tuple[int, str, str]:
        """Status, where it leads, body; status 0 when the server was not there."""
        settings = self.place.settings
        connection = http.client.HTTPConnection(settings.host, settings.port, timeout=10)
        try:
            connection.request(call.method, call.path, call.body.encode(), dict(call.headers))
            response = connection.getresponse()
            return response.status, response.headers.get("Location", ""), response.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, "", ""
        finally:
            connection.close()
