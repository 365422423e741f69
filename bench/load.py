"""The load process: clients in threads, each with one connection kept alive.

Run as ``python -m bench.load`` it reads one job as JSON on standard input and
answers with one JSON object, so that its work is not counted as the server's.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from settings import ROOT


@dataclass(frozen=True)
class Call:
    """One request; ``key`` comes back with its answer."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    key: str = ""


@dataclass(frozen=True)
class Answer:
    """Status 0 is a connection that broke; ``location`` is where a redirect leads.

    ``server_ms`` is what the application says it took, without network and client.
    """

    key: str
    status: int
    ms: float
    bytes: int
    location: str
    server_ms: float


@dataclass(frozen=True)
class Load:
    """What came of a job: wall-clock seconds from the first request to the last answer."""

    seconds: float
    answers: Sequence[Answer]


def send(
    host: str, port: int, calls: Sequence[Call], *, clients: int, seconds: float, again: bool = False
) -> Load:
    """Let ``clients`` share out the calls for at most ``seconds``; ``again``: over and over."""
    job = {"host": host, "port": port, "clients": clients, "seconds": seconds, "again": again,
           "calls": [asdict(call) for call in calls]}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        cwd=ROOT, input=json.dumps(job), capture_output=True, text=True, check=True,
    )  # fmt: skip
    result = json.loads(done.stdout)
    return Load(result["seconds"], [Answer(*row) for row in result["answers"]])


class _Calls:
    """The calls still to make, handed out to many threads."""

    def __init__(self, calls: Sequence[Call], *, again: bool) -> None:
        self.lock = threading.Lock()
        self.left = self._forever(calls) if again else iter(calls)

    @staticmethod
    def _forever(calls: Sequence[Call]) -> Iterator[Call]:
        while True:
            yield from calls

    def next(self) -> Call | None:
        with self.lock:
            return next(self.left, None)


def _client(host: str, port: int, calls: _Calls, deadline: float, answers: list[tuple[object, ...]]) -> None:
    connection = http.client.HTTPConnection(host, port, timeout=30)
    while time.perf_counter() < deadline and (call := calls.next()) is not None:
        began = time.perf_counter()
        try:
            connection.request(call.method, call.path, call.body.encode(), dict(call.headers))
            response = connection.getresponse()
            size, status = _bytes_of(response), response.status
            location = response.headers.get("Location", "")
            server_ms = float(response.headers.get("Server-Timing", "app;dur=0").partition("dur=")[2])
        except (OSError, http.client.HTTPException):
            connection.close()
            size, status, location, server_ms = 0, 0, "", 0.0
        answers.append((call.key, status, (time.perf_counter() - began) * 1000, size, location, server_ms))
    connection.close()


def _bytes_of(response: http.client.HTTPResponse) -> int:
    """Body as it came, perhaps squeezed, and headers."""
    headers = sum(len(name) + len(value) + 4 for name, value in response.getheaders())
    return len(response.read()) + headers


def main() -> None:
    job = json.load(sys.stdin)
    calls = _Calls([Call(**call) for call in job["calls"]], again=job["again"])
    answers: list[tuple[object, ...]] = []
    began = time.perf_counter()
    deadline = began + job["seconds"]
    threads = [
        threading.Thread(target=_client, args=(job["host"], job["port"], calls, deadline, answers))
        for _ in range(job["clients"])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    json.dump({"seconds": time.perf_counter() - began, "answers": answers}, sys.stdout)


if __name__ == "__main__":
    main()
