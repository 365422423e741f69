"""Settings are one frozen value; every fault is told in one message; no secret has a default."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app import create_app
from settings import ROOT, BadSettings, Secrets, Settings


def test_everything_has_a_default_but_the_secrets():
    settings = Settings.from_env({})
    assert (settings.port, settings.is_sqlite, settings.idle_warn_s, settings.idle_wipe_s) == (
        8080,
        True,
        60,
        90,
    )
    assert settings.public_url == "http://127.0.0.1:8080"


def test_more_names_are_read_with_commas_between_them():
    env = {"MOTCHAM_HOSTS": "Mot-cua.gov.vn, cua.example,"}
    assert Settings.from_env(env).hosts == {"mot-cua.gov.vn", "cua.example"}
    assert Settings.from_env({}).hosts == frozenset()


def test_every_fault_is_told_at_once():
    env = {"MOTCHAM_PORT": "many", "MOTCHAM_DATABASE_URL": "mysql://x", "MOTCHAM_LOG_LEVEL": "loud"}
    with pytest.raises(BadSettings) as fault:
        Settings.from_env(env)
    assert {re.split("[=:]", line)[0] for line in str(fault.value).splitlines()} == set(env)


def test_faults_between_settings_are_told_beside_all_others():
    env = {"MOTCHAM_PORT": "9100", "MOTCHAM_IDLE_WARN": "90", "MOTCHAM_LOG_LEVEL": "loud"}
    with pytest.raises(BadSettings) as fault:
        Settings.from_env(env)
    for name in ("MOTCHAM_TRAY_PORT", "MOTCHAM_IDLE_WIPE", "MOTCHAM_LOG_LEVEL"):
        assert name in str(fault.value)


def test_a_rule_about_an_unreadable_setting_is_not_told_on_top():
    with pytest.raises(BadSettings) as fault:
        Settings.from_env({"MOTCHAM_IDLE_WARN": "soon", "MOTCHAM_IDLE_WIPE": "30"})
    assert "MOTCHAM_IDLE_WIPE" not in str(fault.value)


def test_a_password_in_a_faulty_setting_is_not_repeated():
    with pytest.raises(BadSettings) as fault:
        Settings.from_env({"MOTCHAM_DATABASE_URL": "postgres://motcham:s3cret@db/motcham"})
    assert "MOTCHAM_DATABASE_URL" in str(fault.value) and "s3cret" not in str(fault.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "centre.lan"])
def test_real_receipts_need_an_address_that_citizens_reach(host: str):
    env = {"MOTCHAM_HOST": host, "MOTCHAM_DEMO": "0"}
    with pytest.raises(BadSettings, match="MOTCHAM_PUBLIC_URL"):
        Settings.from_env(env)
    told = Settings.from_env(env | {"MOTCHAM_PUBLIC_URL": "http://10.0.0.5:8080"})
    assert told.public_url == "http://10.0.0.5:8080"


@pytest.mark.parametrize(
    ("host", "url"), [("::1", "http://[::1]:8080"), ("localhost", "http://localhost:8080")]
)
def test_at_home_the_address_is_known(host: str, url: str):
    assert Settings.from_env({"MOTCHAM_HOST": host, "MOTCHAM_DEMO": "0"}).public_url == url


@pytest.mark.parametrize(
    "env",
    [
        {"MOTCHAM_IDLE_WARN": "90", "MOTCHAM_IDLE_WIPE": "60"},
        {"MOTCHAM_PORT": "9100"},
        {"MOTCHAM_PUBLIC_URL": "ftp://x"},
        {"MOTCHAM_DEMO": "perhaps"},
        {"MOTCHAM_TRUSTED_PROXIES": "all"},
        {"MOTCHAM_STARTS_PER_MINUTE": "0"},
        {"MOTCHAM_IDLE_WARN": "0"},
        {"MOTCHAM_HOST": "[::1"},
    ],
)
def test_what_cannot_work_is_refused(env: dict[str, str]):
    with pytest.raises(BadSettings):
        Settings.from_env(env)


def test_secrets_are_made_once_and_only_for_their_owner(tmp_path: Path):
    first = Secrets.of(tmp_path / "secrets")
    assert Secrets.of(tmp_path / "secrets") == first
    assert len({first.session_key, first.receipt_key, first.data_key}) == 3
    for path in (tmp_path / "secrets").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_a_damaged_secret_is_told_and_never_replaced(tmp_path: Path):
    Secrets.of(tmp_path)
    (tmp_path / "data.key").write_text("abcd\n")
    with pytest.raises(BadSettings, match=r"data\.key"):
        Secrets.of(tmp_path)
    assert (tmp_path / "data.key").read_text() == "abcd\n"


def test_every_damaged_secret_is_told_in_one_message(tmp_path: Path):
    Secrets.of(tmp_path)
    (tmp_path / "data.key").write_text("not hexadecimal\n")
    (tmp_path / "receipt.key").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSettings) as fault:
        Secrets.of(tmp_path)
    assert ["receipt.key" in line or "data.key" in line for line in str(fault.value).splitlines()] == [
        True,
        True,
    ]


def test_a_folder_that_takes_no_keys_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(BadSettings, match=r"data\.key"):
        Secrets.of(tmp_path / "file")


def test_starts_at_the_same_time_agree_on_the_secrets(tmp_path: Path):
    with ThreadPoolExecutor(8) as many:
        found = set(many.map(Secrets.of, [tmp_path / "secrets"] * 8))
    assert len(found) == 1
    assert sorted(path.name for path in (tmp_path / "secrets").iterdir()) == [
        "data.key",
        "receipt.key",
        "session.key",
    ]


def test_the_folder_of_personal_data_is_for_its_owner_alone(tmp_path: Path):
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    create_app(Settings.from_env({"MOTCHAM_DATA": str(data)}))
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_a_folder_shared_with_others_is_not_closed(tmp_path: Path):
    shared = tmp_path / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    create_app(Settings.from_env({"MOTCHAM_DATA": str(shared)}))
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777


@pytest.mark.parametrize("command", [["worker.py"], ["-m", "flask", "--app", "app", "printer", "list"]])
@pytest.mark.parametrize("fault", ["setting", "key"])
def test_no_process_starts_with_what_it_cannot_use_nor_shows_a_traceback(tmp_path: Path, command, fault):
    Secrets.of(tmp_path / "secrets")
    env = {**os.environ, "MOTCHAM_DATA": str(tmp_path)}
    if fault == "setting":
        env["MOTCHAM_PORT"] = "many"
    else:
        (tmp_path / "secrets" / "data.key").write_text("xyz")
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert ("MOTCHAM_PORT" if fault == "setting" else "data.key") in done.stderr
