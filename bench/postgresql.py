"""A throw-away PostgreSQL for tests and measurements.

``python -m bench.postgresql COMMAND…`` runs a command with MOTCHAM_TEST_PG set to
the address of one (fsync off, gone afterwards), or without it where the machine has
no PostgreSQL at all; the tests then say so themselves.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ADDRESS = "MOTCHAM_TEST_PG"
SCHEME = "postgresql+psycopg://"


def binaries() -> Path | None:
    """The folder of initdb and postgres: $MOTCHAM_PG_BIN, else the newest of Debian, else None."""
    if given := os.environ.get("MOTCHAM_PG_BIN"):
        return Path(given)
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in installed), key=lambda path: float(path.parent.name), default=None)


@contextmanager
def running_postgresql(*, durable: bool) -> Iterator[str | None]:
    """The address of a fresh cluster's empty database, or None where there is no PostgreSQL.

    ``durable`` keeps fsync as in production; without it everything is faster and a
    power cut would lose it. It listens on a socket in its own folder only.
    """
    folder_of_programs = binaries()
    if folder_of_programs is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="motcham-pg-"))
    as_owner = _owner_of(folder)
    data = folder / "data"
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c max_connections=60"
    if not durable:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    control = [*as_owner, str(folder_of_programs / "pg_ctl"), "-D", str(data), "-s", "-w"]
    try:
        _quietly([*as_owner, str(folder_of_programs / "initdb"), "-D", str(data), "-U", "motcham",
                  "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])  # fmt: skip
        _quietly([*control, "-l", str(folder / "log"), "-o", options, "start"])
        try:
            yield f"{SCHEME}motcham@/postgres?host={folder}"
        finally:
            _quietly([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner_of(folder: Path) -> Sequence[str]:
    """What to put before a command: PostgreSQL refuses to run as root, so root hands it to another user."""
    if os.geteuid() != 0:
        return ()
    users = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in users else "nobody"
    shutil.chown(folder, user)
    return ("setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups")


def _quietly(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def main(command: Sequence[str]) -> int:
    """Run ``command`` beside a database of its own and answer with its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the cluster is stopped then, too
    if os.environ.get(ADDRESS):
        return subprocess.call(command)
    with running_postgresql(durable=False) as address:
        environment = dict(os.environ, **({ADDRESS: address} if address else {}))
        try:
            return subprocess.call(command, env=environment)
        except KeyboardInterrupt:
            return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
