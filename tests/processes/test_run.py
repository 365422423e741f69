"""Starting, stopping and surviving: what ``./motcham run`` promises."""

from __future__ import annotations

import os
import re
import signal
import socket
import time

import pytest

from processes.running import alive, until

pytestmark = pytest.mark.processes


def test_the_first_start_tells_addresses_that_answer(run):
    centre = run()
    centre.wait_for(r"stop +Ctrl-C")
    told = centre.said.partition("is ready")[2]
    addresses = re.findall(r"http://[\w.]+:(\d+)(/\S*)", told)
    assert len(addresses) == 3
    assert [centre.status(path, int(port)) for port, path in addresses] == [200, 200, 200]


@pytest.mark.usefixtures("centre_data")
def test_the_second_start_is_quick(run):
    began = time.monotonic()
    run().wait_for("ready")
    assert time.monotonic() - began < 12  # under 3 s when nothing else runs, see bench/RESULTS.md


def test_secrets_are_for_the_owner_alone(founded):
    secrets = founded / "secrets"
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in secrets.iterdir()}
    assert modes == {"session.key": "0o600", "receipt.key": "0o600", "data.key": "0o600"}
    assert secrets.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("centre_data")
def test_asked_to_stop_it_leaves_nothing_behind(run, number):
    centre = run()
    centre.wait_for("ready")
    family = centre.family()
    assert len(family) >= 4  # web and its worker process, worker, virtual printer
    assert centre.stop(number) == 0
    assert alive(family) == set()


@pytest.mark.usefixtures("centre_data")
def test_killed_it_takes_all_with_it(run):
    centre = run()
    centre.wait_for("ready")
    family = centre.family()
    centre.process.kill()
    until(lambda: not alive(family))


@pytest.mark.usefixtures("centre_data")
def test_a_worker_that_dies_is_replaced(run):
    centre = run()
    centre.wait_for("ready")
    (worker,) = (pid for pid, command in centre.children().items() if command.rstrip().endswith("worker.py"))
    os.kill(worker, signal.SIGKILL)
    centre.wait_for(r"worker stopped \(SIGKILL\)")
    until(lambda: any(c.rstrip().endswith("worker.py") and p != worker for p, c in centre.children().items()))


@pytest.mark.usefixtures("centre_data")
def test_a_web_that_dies_is_replaced_with_its_own_children(run):
    centre = run()
    centre.wait_for("ready")
    (web,) = (pid for pid, command in centre.children().items() if "granian" in command)
    before = centre.family()
    os.kill(web, signal.SIGKILL)
    centre.wait_for(r"web stopped \(SIGKILL\)")
    until(lambda: centre.status("/healthz"))
    assert web not in alive(before)


def test_all_faults_of_the_settings_are_told_at_once(run):
    centre = run(MOTCHAM_DATABASE_URL="mysql://x", MOTCHAM_IDLE_WIPE="soon", MOTCHAM_PUBLIC_URL="nowhere")
    assert centre.wait() == 1
    for name in ("MOTCHAM_DATABASE_URL", "MOTCHAM_IDLE_WIPE", "MOTCHAM_PUBLIC_URL"):
        assert name in centre.said
    assert "Traceback" not in centre.said
    assert not centre.data.exists()


def test_a_taken_port_is_told_before_anything_starts(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        centre = run(MOTCHAM_TRAY_PORT=str(taken.getsockname()[1]))
        assert centre.wait() == 1
    assert "MOTCHAM_TRAY_PORT" in centre.said
    assert not centre.data.exists()


def test_without_the_demo_there_is_no_office_and_no_virtual_printer(run):
    centre = run("--no-demo")
    centre.wait_for("ready")
    assert not any("virtual_printer" in command for command in centre.children().values())
    assert centre.status("/kiosk/") == 503
