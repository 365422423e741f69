"""One page, one template; a fragment is a block of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from flask import Response, current_app, g, make_response, render_template, request
from jinja2 import Template


def page(template: str, status: int = 200, **context: Any) -> Response:
    """Render ``template``, or only its block named after the element htmx will replace.

    Views never know which. A fragment is preceded by the page's <title>, which
    htmx moves to its place. Where the template has no such block (a redirect
    led to another kind of page) the whole page replaces the body.
    """
    g.template = template
    found = current_app.jinja_env.get_template(template)
    block = _wanted_block(found)
    html = render_template(found, **context) if block is None else _fragment(found, block, context)
    response = make_response(html, status)
    response.headers["Vary"] = "HX-Request, HX-Target"
    if "HX-Request" in request.headers:
        if block is None:
            response.headers["HX-Retarget"] = "body"
            response.headers["HX-Reswap"] = "innerHTML"
        if request.method == "GET" and _is_elsewhere():
            response.headers["HX-Push-Url"] = _address()
    return response


def draws(template: str, block: str) -> bool:
    """Whether ``page(template)`` will draw this block, so that nothing is read for one it leaves out."""
    wanted = _wanted_block(current_app.jinja_env.get_template(template))
    return wanted in (None, block)


def part(template: str, **context: Any) -> Response:
    """A piece that is no page of its own: loaded by htmx into a place without a name."""
    response = make_response(render_template(template, **context))
    response.headers["Vary"] = "HX-Request, HX-Target"
    return response


def _wanted_block(template: Template) -> str | None:
    if "HX-Request" not in request.headers or "HX-History-Restore-Request" in request.headers:
        return None
    # htmx 2 sends the bare id, htmx 4 sends "form#step".
    target = request.headers.get("HX-Target", "").rpartition("#")[2]
    return target if target in template.blocks else None


def _fragment(template: Template, block: str, context: dict[str, Any]) -> str:
    current_app.update_template_context(context)
    html = "".join(template.blocks[block](template.new_context(context)))
    if "title" not in template.blocks:
        return html
    title = "".join(template.blocks["title"](template.new_context(context)))
    return f"<title>{title} · Một Chạm</title>\n{html}"


def _is_elsewhere() -> bool:
    """The address bar shows another page: after a redirect, not after a poll or a search."""
    return urlsplit(request.headers.get("HX-Current-URL", "")).path != request.path


def _address() -> str:
    """Path and query of this page, quoted again: Flask gives the path unquoted, line breaks and all."""
    query = request.query_string.decode("latin-1")
    return quote(request.path) + (f"?{query}" if query else "")
