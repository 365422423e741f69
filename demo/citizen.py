"""A citizen at a kiosk of the running system: the same pages a browser opens, without the browser."""

from __future__ import annotations

import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from intake.applications import Application
from intake.rules.forms import visible_groups
from intake.rules.procedures import Procedure

PATIENCE_S = 20
_ATTEMPT = re.compile(r'name="attempt" value="([^"]+)"')


class Lost(Exception):
    """The kiosk did not answer as a citizen expects; the message says where."""


class Citizen:
    """One person at the kiosk with this code; a new one for every visit."""

    def __init__(self, base_url: str, kiosk: str) -> None:
        self._base = base_url
        trusting = ssl.create_default_context()  # of invented people nobody learns anything on the way
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        self._browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), urllib.request.HTTPSHandler(context=trusting)
        )
        self._open(f"/kiosk/?point={kiosk}")

    def files(self, procedure: Procedure, application: Application) -> str:
        """From the first touch to the receipt; the attempt under which the dossier was filed."""
        self._open("/kiosk/start", {})
        self._open("/kiosk/procedures", {"procedure": procedure.code})
        self._open("/kiosk/prepare", {})
        who = application.applicant
        day, month, year = reversed(who.born.split("-"))
        card = f"{who.citizen_id}||{who.name}|{day}{month}{year}|{who.sex}|{who.address}|01072021"
        self._open("/kiosk/identity", {"scan": card})
        self._open("/kiosk/identity", {"phone": who.phone})
        for group in visible_groups(procedure, application.answers):
            answers = {
                question.key: application.answers.get(question.key, "") for question in group.questions
            }
            self._open(f"/kiosk/questions/{group.key}", answers)
        papers: dict[str, str] = {}
        for key, paper in application.documents.items():
            papers |= {f"{key}.how": paper["how"], f"{key}.words": paper["reason"]}
        self._open("/kiosk/documents", papers)
        collection = application.collection
        how = {"how": collection.how, "address": collection.address, "email": collection.email}
        check = self._open("/kiosk/collection", how | {"phone": collection.phone})
        if 'action="/kiosk/fee' in check:
            check = self._open("/kiosk/fee", {"exemption": "none"})
        found = _ATTEMPT.search(check)
        if found is None:
            raise Lost(f"the check of {procedure.code}")
        self._open("/kiosk/submit", {"attempt": found[1]})
        return found[1]

    def takes_number(self, group_id: int, priority: str = "") -> None:
        """A number of that group, on the phone: no paper."""
        page = self._open(f"/kiosk/ticket/{group_id}")
        found = _ATTEMPT.search(page)
        if found is None:
            raise Lost("the number")
        sent = {"attempt": found[1], "priority": priority, "go": "phone"}
        self._open(f"/kiosk/ticket/{group_id}", sent)

    def takes_number_for_dossier(self) -> None:
        self._open("/kiosk/receipt/ticket", {})

    def leaves(self) -> None:
        self._open("/kiosk/end", {"reason": "done"})

    def _open(self, path: str, form: Mapping[str, str] | None = None) -> str:
        data = urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(self._base + path, data, {"Origin": self._base})
        try:
            with self._browser.open(request, timeout=PATIENCE_S) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as refused:
            raise Lost(f"{path}: {refused.code}") from refused
        except OSError as fault:
            raise Lost(f"{self._base}: {fault}") from fault
