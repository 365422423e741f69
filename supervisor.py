"""``./motcham run``: web, worker and virtual printer together, each restarted when it dies.

Standard library only, so that it stays small beside what it watches. On a server
that has systemd, two units do the same job: docs/operations.md.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

from settings import ROOT, BadSettings, Secrets, Settings

PATIENCE_S = 60.0  # until the web must have answered once
GRACE_S = 10.0  # between asking a process to stop and killing it; a paper being printed takes longer
STEADY_S = 60.0  # a process that lived so long starts again without delay
LONGEST_DELAY_S = 30.0
WATCHED = {signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
PR_SET_PDEATHSIG = 1
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Failed(Exception):
    """Starting is impossible; the message tells a person why."""


@dataclass
class Process:
    """One process to keep alive: a session of its own, so that Ctrl-C reaches only the supervisor."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None  # None: the supervisor's own
    output: IO[bytes] | None = None  # None: the supervisor's own
    stops_last: bool = False  # the others still need it while they stop
    running: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = 0.5
    due: float = 0.0

    def start(self) -> None:
        self.started = time.monotonic()
        self.running = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environment,
            stdout=self.output,
            stderr=self.output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )

    def reap(self) -> None:
        """Notice that it died, clear away what it left behind and plan the next start."""
        if self.running is None or self.running.poll() is None:
            return
        self.kill()
        now = time.monotonic()
        if now - self.started > STEADY_S:
            self.delay = 0.5
        why = _why(self.running.returncode)
        print(f"motcham: {self.name} stopped ({why}), next start in {self.delay:g} s", flush=True)
        self.running, self.due = None, now + self.delay
        self.delay = min(2 * self.delay, LONGEST_DELAY_S)

    @property
    def is_alive(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def signal(self, number: signal.Signals) -> None:
        if self.running is not None:
            self.running.send_signal(number)

    def kill(self) -> None:
        """Kill it with all its children: a web server killed alone leaves a worker that keeps the port."""
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)


def _die_with_parent() -> None:
    """Runs in the child: ask the kernel for SIGTERM when the supervisor dies, however it dies."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _why(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def processes(settings: Settings) -> list[Process]:
    """What runs: an office of its own has a real printer, so only the demo needs the virtual one."""
    python = sys.executable
    web = [python, "-m", "granian", "--interface", "wsgi", "--factory", "app:create_app", "--workers", "1",
           "--blocking-threads", "2", "--backpressure", "32", "--no-ws", "--log-level", "warning",
           "--host", settings.host, "--port", str(settings.port)]  # fmt: skip
    if settings.serves_tls:  # telephones older than 2019 know nothing newer than 1.2
        web += ["--ssl-certificate", str(settings.certificate), "--ssl-protocol-min", "tls1.2",
                "--ssl-keyfile", str(settings.certificate_key)]  # fmt: skip
    worker = [python, "worker.py"]
    printer = [python, "-m", "devices.virtual_printer", "--port", str(settings.printer_port),
               "--web-port", str(settings.tray_port)]  # fmt: skip
    found = [Process("web", web), Process("worker", worker)]
    return [*found, Process("virtual printer", printer, stops_last=True)] if settings.demo else found


def prepare() -> str:
    """Migrate the database and, on the first start, load the catalogue and the demo office.

    What it has to say is for the person at the console, below the addresses.
    """
    command = [sys.executable, "-m", "flask", "--app", "app", "prepare", "--week"]
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        print(done.stdout, end="", flush=True)
        raise Failed("the database could not be prepared (see above)")
    return done.stdout.rstrip()


def need_ports(settings: Settings) -> None:
    """Tell every taken port in one message, before anything is started."""
    wanted = {"MOTCHAM_PORT": (settings.host, settings.port)}
    if settings.demo:
        wanted["MOTCHAM_PRINTER_PORT"] = ("127.0.0.1", settings.printer_port)
        wanted["MOTCHAM_TRAY_PORT"] = ("127.0.0.1", settings.tray_port)
    taken = [f"{name}: cannot listen on {host}:{port} ({fault})"
             for name, (host, port) in wanted.items() if (fault := _listening_fault(host, port))]  # fmt: skip
    if taken:
        raise Failed("\n".join(taken))


def _listening_fault(host: str, port: int) -> str | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as fault:
        return fault.strerror or str(fault)
    return None


def need_certificate(settings: Settings) -> None:
    """A certificate that cannot be served is told before anything is started."""
    if not settings.serves_tls:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            settings.certificate, settings.certificate_key, password=""
        )
    except (OSError, ValueError) as fault:
        raise Failed(f"MOTCHAM_TLS: {settings.certificate} and server.key beside it: {fault}") from fault


def answers(settings: Settings) -> bool:
    """Whether the web has begun to answer /healthz, even to say that something is wrong."""
    connection = _connection(settings)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _connection(settings: Settings) -> http.client.HTTPConnection:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    if not settings.serves_tls:
        return http.client.HTTPConnection(host, settings.port, timeout=2)
    # Our own process on this machine, whatever names its certificate has; nothing is told to it.
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, settings.port, timeout=2, context=trusting)


def addresses(settings: Settings) -> str:
    base = settings.public_url
    lines = [f"  kiosk            {base}/kiosk/", f"  desk             {base}/desk/"]
    lines += [f"  post             {base}/post/", f"  all faces        {base}/"]
    if settings.demo:
        lines.append(f"  paper tray       http://127.0.0.1:{settings.tray_port}/")
    if urlsplit(base).hostname in LOOPBACK:
        lines.append("  receipts         their QR leads to this machine only; phones need MOTCHAM_PUBLIC_URL")
    if settings.host not in LOOPBACK and not (
        settings.serves_tls or settings.plain_http or settings.trusted_proxies
    ):
        lines.append("  other machines   are refused on plain http: ./motcham flask tls init NAME ADDRESS")
    if settings.demo:
        lines += ["  demo accounts    (of the desk)", *_demo_accounts(settings)]
    return "\n".join(["Một Chạm is ready.", *lines, "  stop             Ctrl-C"])


def _demo_accounts(settings: Settings) -> list[str]:
    try:
        told = (settings.data / "demo-accounts.txt").read_text(encoding="utf-8")
    except OSError:
        return []
    return [f"                   {line}" for line in told.splitlines()]


def supervise(all_of: Sequence[Process], settings: Settings, *, told: str = "") -> None:
    """Keep every process alive until SIGINT, SIGTERM or SIGHUP asks to stop.

    ``told`` is printed with the addresses: the link for the first administrator.
    """
    deadline = time.monotonic() + PATIENCE_S
    ready = False
    while True:
        now = time.monotonic()
        for process in all_of:
            process.reap()
            if process.running is None and now >= process.due:
                process.start()
        if not ready:
            ready = answers(settings)
            if ready:
                print(addresses(settings), *([told] if told else []), sep="\n", flush=True)
            elif now > deadline:
                raise Failed(f"the web has not answered within {PATIENCE_S:g} s")
        received = signal.sigtimedwait(WATCHED, 0.05 if not ready else _until_next_start(all_of))
        if received is not None and received.si_signo != signal.SIGCHLD:
            return


def _until_next_start(all_of: Sequence[Process]) -> float:
    waiting = [process.due for process in all_of if process.running is None]
    return max(0.0, min(waiting) - time.monotonic()) if waiting else 3600.0


def stop(all_of: Sequence[Process], grace_s: float = GRACE_S) -> None:
    """Ask all to stop, wait for each, and kill what does not; nothing is left behind.

    A printer stops last: the paper in the worker's hands would be lost with it.
    Asked again to stop, it waits no longer.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    for last in (False, True):
        asked = [process for process in all_of if process.stops_last is last]
        for process in asked:
            process.signal(signal.SIGTERM)
        _wait(asked, grace_s)
        for process in asked:
            if process.is_alive:
                print(f"motcham: {process.name} did not stop by itself", flush=True)
            process.kill()
            if process.running is not None:
                process.running.wait()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _wait(asked: Sequence[Process], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(process.is_alive for process in asked):
        received = signal.sigtimedwait(WATCHED, max(0.0, deadline - time.monotonic()))
        if received is None or received.si_signo != signal.SIGCHLD:
            return


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./motcham run", description="Run everything until Ctrl-C.")
    parser.add_argument("--port", help="port of the web (MOTCHAM_PORT, 8080)")
    parser.add_argument("--host", help="address to listen on (MOTCHAM_HOST, 127.0.0.1)")
    parser.add_argument("--data", metavar="DIR", help="folder of database and keys (MOTCHAM_DATA, ./data)")
    parser.add_argument("--no-demo", action="store_true", help="no demo office and printer (MOTCHAM_DEMO=0)")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    options = read_options(arguments)
    for name, value in (("PORT", options.port), ("HOST", options.host), ("DATA", options.data)):
        if value is not None:
            os.environ[f"MOTCHAM_{name}"] = value
    if options.no_demo:
        os.environ["MOTCHAM_DEMO"] = "0"
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if sys.stdout.isatty():  # a person is looking: the addresses must not scroll away
        os.environ.setdefault("MOTCHAM_LOG_LEVEL", "WARNING")
    os.umask(0o077)
    all_of: list[Process] = []
    grace_s = GRACE_S
    try:
        settings = Settings.from_env()
        os.environ["MOTCHAM_DATA"] = str(settings.data)  # the processes run elsewhere than their caller
        grace_s = settings.printer_wait_s + GRACE_S
        need_ports(settings)
        need_certificate(settings)
        is_first = not (settings.secrets_dir / "data.key").exists()
        Secrets.of(settings.secrets_dir)
        all_of = processes(settings)
        if not is_first:
            all_of[0].start()  # the web loads while the database is looked at
        told = prepare()
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        supervise(all_of, settings, told=told)
    except (BadSettings, Failed) as fault:
        print(f"motcham: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        stop(all_of, grace_s)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
