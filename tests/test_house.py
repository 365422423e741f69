"""Rules of the house, on the house itself: what no reviewer should have to look for."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CLOCK_READERS = ("app.py", "cli.py", "devices/virtual_printer/", "bench/", "tests/")
THIRD_PARTY = re.compile(r"\.(woff2?|ttf|otf|min\.js|min\.css|whl)$|(^|/)(node_modules|vendor|\.venv)/")
REGISTRIES = ("py" + "pi", "npm" + "js", "python" + "hosted")  # in halves: this file is searched, too
REGISTRY = re.compile(rf"https?://[^\s\"')]*({'|'.join(REGISTRIES)})")
READINGS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
INSTRUMENT = re.compile(r"\b\d+/(?:\d{4}/)?[A-ZĐ]+(?:-[A-ZĐ]+)*\d*\b")


def committed(*suffixes: str) -> list[str]:
    """Files known to git, or about to be, whose names end so."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return sorted(name for name in set(listed) if name.endswith(suffixes or "") and (ROOT / name).is_file())


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


TEMPLATES = committed(".html")
PYTHON = committed(".py")


def family(name: str) -> str:
    """A template's text with that of everything it extends or includes."""
    text = text_of(name)
    for other in re.findall(r"{%-?\s*(?:extends|include)\s+[\"']([^\"']+)", text):
        text += family(f"templates/{other}")
    return text


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_htmx_replaces_is_drawn_by_the_block_of_the_same_name(name):
    drawn_with_it = [text for text in map(family, TEMPLATES) if text_of(name) in text]
    for target in re.findall(r"hx-target=\"#([\w-]+)\"", text_of(name)):
        assert any(re.search(rf"{{%-?\s*block {target}\b", text) for text in drawn_with_it), target
        assert any(f'id="{target}"' in text for text in drawn_with_it), target


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_page_imports_nothing(name):
    """A block drawn alone does not see what the top of its file imported."""
    assert not re.search(r"{%-?\s*(import|from)\b", text_of(name))


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_page_holds_no_script_and_no_style(name):
    """The Content-Security-Policy would ignore them, and the screen would lack them silently."""
    text = re.sub(r"{#.*?#}", "", text_of(name), flags=re.DOTALL)
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|javascript:|hx-on", text)
    assert all("src=" in tag for tag in re.findall(r"<script\b[^>]*>", text))


def refusals() -> Iterator[str]:
    for node in ast.walk(ast.parse(text_of("intake/rules/refusals.py"))):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "code":
            yield ast.literal_eval(node.value)


@pytest.mark.parametrize("code", sorted(refusals()))
def test_every_refusal_has_a_sentence(code):
    assert re.search(rf"[\"']{code}[\"']", text_of("templates/refusals.html")), f"{code} has no sentence"


def test_every_law_cited_is_in_the_list_of_sources():
    sources = text_of("docs/sources.md")
    cited = {
        (name, instrument)
        for name in PYTHON
        if not name.startswith("tests/")
        for docstring in docstrings(name)
        for instrument in INSTRUMENT.findall(docstring.partition("Source:")[2])
    }
    assert {(name, law) for name, law in cited if law not in sources} == set()


def docstrings(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text_of(name))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


@pytest.mark.parametrize("name", [name for name in PYTHON if not name.startswith(CLOCK_READERS)])
def test_nobody_reads_the_clock(name):
    """The caller says when; otherwise midnight, holidays and time zones cannot be tested."""
    reads = [
        ast.unparse(node)
        for node in ast.walk(ast.parse(text_of(name)))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in READINGS
    ]
    assert reads == []


def test_nothing_of_others_is_committed():
    assert [name for name in committed() if THIRD_PARTY.search(name)] == []


def test_no_file_names_a_package_registry():
    texts = {name: (ROOT / name).read_text(encoding="utf-8", errors="replace") for name in committed()}
    assert [name for name, text in texts.items() if REGISTRY.search(text)] == []
    assert '"resolved"' not in texts["package-lock.json"]
    for lock in (name for name in texts if re.fullmatch(r"requirements.*\.txt", name)):
        assert not re.search(r"^\s*-(i|-index-url|-extra-index-url)|-find-links|://", texts[lock], re.M)


def test_the_tests_run_on_the_versions_that_will_serve():
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==\S+", text_of(name), re.MULTILINE))

    assert pins("requirements.txt") <= pins("requirements-test.txt")


def test_every_setting_is_in_the_operations_manual():
    names = set(re.findall(r"reader\.take\(\s*\"(\w+)\"", text_of("settings.py")))
    assert names, "settings are read differently now: repair this test"
    assert {name for name in names if f"`MOTCHAM_{name}`" not in text_of("docs/operations.md")} == set()


def test_the_help_tells_every_command():
    script = text_of("motcham")
    commands = set(re.findall(r"^([a-z]+)\)(?: |$)", script, re.MULTILINE))
    assert commands == set(re.findall(r"^  \./motcham ([a-z]+)", script, re.MULTILINE))
