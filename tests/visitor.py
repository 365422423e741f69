"""The client that inspects the house: whatever page a test opens is examined on the way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any, ClassVar
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import TestResponse

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
DRAWN = {"path", "circle", "rect", "svg", "g"}  # SVG: <path/> may close itself
LABELLED = {"input", "select", "textarea"}
ENGLISH = re.compile(
    r"\b(the|submit|back|next|error|page|not found|required|please|cancel|undefined|none|true|false)\b",
    re.IGNORECASE,
)
VIETNAMESE = re.compile("[À-ÖØ-öø-ɏḀ-ỿ]")
SAID = ("aria-label", "placeholder", "alt")
ORIGIN = "http://localhost"


@dataclass
class Element:
    """One element of a page: its tag, attributes, children and text in order."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    parts: list[Element | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        """Itself and everything inside, in order."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(part for part in reversed(one.parts) if isinstance(part, Element))

    def all(self, *tags: str, **attributes: str) -> list[Element]:
        return [
            one
            for one in self
            if (not tags or one.tag in tags)
            and all(one.attributes.get(name.rstrip("_")) == value for name, value in attributes.items())
        ]

    @property
    def text(self) -> str:
        inside = " ".join(part if isinstance(part, str) else part.text for part in self.parts)
        return re.sub(r"\s+([.,:;)»])", r"\1", " ".join(inside.split()))

    @property
    def name(self) -> str:
        """What a screen reader calls it."""
        return self.attributes.get("aria-label") or self.text or self.attributes.get("title", "")

    def is_in(self, language: str) -> bool:
        """Whether it, or the nearest around it that says so, is in this language."""
        at: Element | None = self
        while at is not None and "lang" not in at.attributes:
            at = at.parent
        return at is not None and at.attributes["lang"] == language

    def inside(self, tag: str) -> Element | None:
        at = self.parent
        while at is not None and at.tag != tag:
            at = at.parent
        return at


class _Reader(HTMLParser):
    """Strict: every element closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Element("document", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> says {names} twice"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.parts.append(element)
        if tag not in VOID:
            self.at = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in DRAWN | VOID, f"<{tag}/> does not close itself"
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.at.tag == tag, f"</{tag}> closes <{self.at.tag}>"
        assert self.at.parent is not None
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.parts.append(data)


@lru_cache(200)  # four pages of five were seen before: do not alter what you were given
def read_html(text: str) -> Element:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.at is reader.root, f"<{reader.at.tag}> is never closed"
    return reader.root


class Page:
    """One answer of the house, as somebody in front of it sees it."""

    found_right: ClassVar[set[str]] = set()

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.html = response.get_data(as_text=True)
        self.tree = read_html(self.html)

    @property
    def location(self) -> str:
        return self.response.headers.get("Location", "")

    @property
    def h1(self) -> Element:
        (only,) = self.tree.all("h1")
        return only

    @property
    def text(self) -> str:
        return " ".join(part.text for part in self.tree.all("body") or [self.tree])

    @property
    def faults(self) -> list[str]:
        return [one.text for one in self.tree if one.attributes.get("class") == "fault"]

    def buttons(self) -> list[str]:
        return [one.name for one in self.tree.all("button", "a") if "aria-hidden" not in one.attributes]

    def values(self) -> dict[str, str]:
        """The form as a browser would send it, without a button."""
        found = {}
        for one in self.tree.all(*LABELLED):
            kind, value = one.attributes.get("type", ""), one.attributes.get("value", "")
            if one.tag == "select":
                chosen = [option for option in one.all("option") if "selected" in option.attributes]
                value = (chosen or one.all("option"))[0].attributes.get(
                    "value", (chosen or one.all("option"))[0].text
                )
            if one.tag == "textarea":
                value = one.text
            if kind in ("radio", "checkbox") and "checked" not in one.attributes:
                continue
            if name := one.attributes.get("name"):
                found[name] = value
        return found

    def inspect(self) -> None:
        """What every page of this house keeps to."""
        if self.html in self.found_right:
            return
        tree = self.tree
        assert self.html.lstrip().lower().startswith("<!doctype html>")
        language = tree.all("html")[0].attributes["lang"]
        titles, headings = tree.all("title"), tree.all("h1")
        titles = [one for one in titles if one.inside("svg") is None]
        assert len(titles) == 1 and len(headings) == 1, (titles, headings)
        assert titles[0].text.startswith(headings[0].text), (titles[0].text, headings[0].text)
        ids = Counter(one.attributes["id"] for one in tree if "id" in one.attributes)
        assert not [name for name, count in ids.items() if count > 1], ids
        self._is_labelled(set(ids))
        self._is_ours()
        if language == "vi":
            assert not (english := ENGLISH.findall(self._visible())), english
        else:
            assert not (vietnamese := self.vietnamese()), vietnamese
        assert "Traceback" not in self.html and "{{" not in self.html and "{%" not in self.html
        self.found_right.add(self.html)

    def _is_labelled(self, ids: set[str]) -> None:
        labels = {one.attributes["for"] for one in self.tree.all("label") if "for" in one.attributes}
        assert labels <= ids, labels - ids
        for one in self.tree.all(*LABELLED):
            if one.attributes.get("type") == "hidden":
                continue
            named = (
                one.attributes.get("id") in labels or one.inside("label") or one.attributes.get("aria-label")
            )
            assert named, f"no label: {one.attributes}"
            assert one.attributes.get("autocomplete") == "off", f"would be remembered: {one.attributes}"
        for one in self.tree.all("button", "a"):
            assert one.name, f"no name: {one.attributes}"
        for one in self.tree:
            for name in ("aria-describedby", "aria-labelledby"):
                assert set(one.attributes.get(name, "").split()) <= ids, one.attributes

    def _is_ours(self) -> None:
        """No foreign origin, nothing inline."""
        for one in self.tree:
            assert not [name for name in one.attributes if name.startswith("on") or name == "style"], one
            for name in ("src", "href", "action", "formaction", "hx-get", "hx-post"):
                where = urlsplit(one.attributes.get(name, ""))
                tray = one.tag == "a" and where.hostname == "localhost"
                assert not where.netloc or tray, f"foreign: {one.attributes[name]}"
        for one in self.tree.all("script"):
            assert one.attributes.get("src") and not one.text
        assert not self.tree.all("style", "iframe", "object", "embed")

    def vietnamese(self) -> list[str]:
        """Texts and labels with Vietnamese letters that are not marked as Vietnamese."""
        return [
            text
            for one in self.tree
            if one.tag not in ("script", "meta", "title", "textarea") and not one.is_in("vi")
            # A label may end with a name: «See pages: Giấy chứng sinh».
            for text in (*one.parts, *(one.attributes.get(name, "").partition(": ")[0] for name in SAID))
            if isinstance(text, str) and VIETNAMESE.search(text)
        ]

    def _visible(self) -> str:
        return " ".join(
            part
            for one in self.tree
            if one.tag not in ("script", "meta", "title")
            for part in one.parts
            if isinstance(part, str)
        )


class Visitor:
    """Somebody at a screen; opens pages as a browser does and inspects each.

    With htmx, ``target`` is the id of what it replaces and ``at`` the address in its bar.
    """

    target = "step"
    at = "/kiosk/procedures"

    def __init__(self, app: Flask, *, htmx: bool = False) -> None:
        self.client = app.test_client()
        self.htmx = htmx
        self.page: Page | None = None

    def get(self, path: str, *, status: int = 200, follow: bool = True, **headers: str) -> Page:
        return self._seen(self.client.get(path, headers=self._headers(path) | headers), status, follow)

    def post(
        self,
        path: str,
        data: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        follow: bool = True,
        **headers: str,
    ) -> Page:
        """Send a form; browsers say where it comes from."""
        sent = self._headers(path) | {"Origin": ORIGIN} | headers
        return self._seen(self.client.post(path, data=dict(data or {}), headers=sent), status, follow)

    def _headers(self, path: str) -> dict[str, str]:
        if not self.htmx:
            return {}
        return {"HX-Request": "true", "HX-Target": self.target, "HX-Current-URL": f"{ORIGIN}{self.at}"}

    def _seen(self, response: TestResponse, status: int, follow: bool) -> Page:
        if redirect := response.headers.get("HX-Redirect"):
            return self.get(redirect, status=status)
        if follow and response.status_code in (302, 303):
            return self.get(response.headers["Location"], status=status)
        self.page = Page(response)
        if follow:
            assert response.status_code == status, (response.status_code, self.page.text[:400])
        if (
            response.mimetype == "text/html"
            and response.status_code not in (302, 303)
            and not self._is_part()
        ):
            self.page.inspect()
        return self.page

    def _is_part(self) -> bool:
        return self.htmx and self.page is not None and not self.page.html.lstrip().startswith("<!")
