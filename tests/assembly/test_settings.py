"""Settings are one frozen value; every fault is told in one message; no secret has a default."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from settings import BadSettings, Secrets, Settings


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
    assert {line.split("=")[0] for line in str(fault.value).splitlines()} == set(env)


@pytest.mark.parametrize(
    "env",
    [
        {"MOTCHAM_IDLE_WARN": "90", "MOTCHAM_IDLE_WIPE": "60"},
        {"MOTCHAM_PORT": "9100"},
        {"MOTCHAM_PUBLIC_URL": "ftp://x"},
        {"MOTCHAM_DEMO": "perhaps"},
        {"MOTCHAM_TRUSTED_PROXIES": "all"},
        {"MOTCHAM_IDLE_WARN": "0"},
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
