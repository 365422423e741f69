"""``./motcham bench NAME``: one JSON object a line on standard output."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import crash, page, papers, postal, receipt, report, search, submit, ticket
from bench.figures import tell
from bench.postgresql import running_postgresql

NAMES = ("submit", "page", "receipt", "crash", "search", "ticket", "report", "postal", "papers")
KIOSKS = 4


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    if options.name == "receipt":
        lines = receipt.run()
    else:
        with _place(options.db) as (folder, database_url):
            lines = _run(options, folder, database_url)
    for line in lines:
        tell(line)
    return 1 if any(line.get("failed") for line in lines) else 0


def _run(options: argparse.Namespace, folder: Path, database_url: str | None) -> list[dict[str, object]]:
    if options.name == "submit":
        how = {"clients": options.clients or KIOSKS, "seconds": options.seconds, "rows": options.rows}
        return [submit.run(folder, database_url, **how)]
    if options.name == "page":
        return page.run(folder, database_url)
    if options.name == "ticket":
        kiosks = (options.clients,) if options.clients else ticket.KIOSKS
        return ticket.run(folder, database_url, seconds=options.seconds, kiosks=kiosks)
    if options.name == "papers":
        return papers.run(folder)
    if options.name == "postal":
        return postal.run(folder, database_url, items=options.items, scans=options.times)
    if options.name == "report":
        return report.run(folder, database_url, dossiers=options.dossiers, times=options.times)
    if options.name == "search":
        return search.run(folder, database_url, dossiers=options.dossiers, times=options.times)
    return [crash.run(folder, database_url, clients=max(options.clients or 0, 8), seed=options.seed)]


@contextmanager
def _place(db: str) -> Iterator[tuple[Path, str | None]]:
    """A folder that is gone afterwards and the address of an empty, durable database; None is SQLite."""
    with tempfile.TemporaryDirectory(prefix="motcham-bench-") as folder:
        if db == "sqlite":
            yield Path(folder), None
            return
        with running_postgresql(durable=True) as address:
            if address is None:
                raise SystemExit("bench: there is no PostgreSQL on this machine")
            yield Path(folder), address


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./motcham bench")
    parser.add_argument("name", choices=NAMES)
    parser.add_argument(
        "--clients",
        type=int,
        help=f"kiosks at once; without it {KIOSKS}, for numbers {ticket.KIOSKS} in turn",
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each measurement lasts")
    parser.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rows", type=int, default=0, help="submit: so many dossiers are there already")
    parser.add_argument(
        "--dossiers", type=int, default=200_000, help="search, report: how many the office has"
    )
    parser.add_argument("--items", type=int, default=10_000, help="postal: how many are taken in")
    parser.add_argument(
        "--times",
        type=int,
        default=search.TIMES,
        help="search: questions of each kind; report: readings, 20 at most; postal: scans",
    )
    parser.add_argument("--seed", type=int, default=1, help="crash: the moments of the kills")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
