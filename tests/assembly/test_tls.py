"""https of our own: what the authority signs, what it may not sign, and what is told of it."""

from __future__ import annotations

import ssl
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conftest import House
from settings import BadSettings, Settings
from web import certificates
from web.certificates import BadCertificates, Names, read_names

NOW = datetime.now(UTC)  # OpenSSL has a clock of its own


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    certificates.make(tmp_path / "tls", read_names(["Centre.lan", "mot-cua.gov.vn", "10.0.0.5"]), now=NOW)
    return tmp_path / "tls"


def meets(folder: Path, name: str) -> None:
    """A machine that trusts the authority opens that name; raises what it complains about."""
    trusting = ssl.create_default_context(cafile=str(folder / "authority.crt"))
    own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    own.load_cert_chain(folder / "server.pem", folder / "server.key")
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(back, there, server_hostname=name)
    server = own.wrap_bio(there, back, server_side=True)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue


@pytest.mark.parametrize(
    "name", ["centre.lan", "mot-cua.gov.vn", "10.0.0.5", "localhost", "127.0.0.1", "::1"]
)
def test_who_was_shown_the_authority_trusts_the_server(folder, name):
    meets(folder, name)


@pytest.mark.parametrize("name", ["other.lan", "10.0.0.6", "gov.vn"])
def test_other_names_are_not_ours(folder, name):
    with pytest.raises(ssl.SSLCertVerificationError):
        meets(folder, name)


def test_a_stolen_authority_can_play_no_bank(folder):
    authority, key = (
        certificates._read(folder / "authority.crt"),
        certificates._read_key(folder / "authority.key"),
    )
    certificates._give(folder, authority, key, Names(("bank.example",), ()), now=NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        meets(folder, "bank.example")


def test_renewed_it_holds_longer_and_nobody_trusts_anything_anew(folder):
    before = certificates.serving(folder)
    kept = {name: (folder / name).read_bytes() for name in ("authority.crt", "authority.key", "server.key")}
    certificates.renew(folder, None, now=NOW + timedelta(days=300))
    after = certificates.serving(folder)
    assert after.until - before.until == timedelta(days=300)
    assert (after.names, after.fingerprint) == (before.names, before.fingerprint)
    assert kept == {name: (folder / name).read_bytes() for name in kept}


def test_renewed_for_another_name_of_the_network(folder):
    certificates.renew(folder, read_names(["desk.lan", "192.168.1.2"]), now=NOW)
    for name in ("desk.lan", "192.168.1.2", "localhost"):
        meets(folder, name)


def test_a_name_the_authority_was_not_made_for_needs_another(folder):
    served = (folder / "server.pem").read_bytes()
    with pytest.raises(BadCertificates, match=r"not made for xa\.gov\.vn, 8\.8\.8\.8"):
        certificates.renew(folder, read_names(["xa.gov.vn", "8.8.8.8", "x.lan"]), now=NOW)
    assert (folder / "server.pem").read_bytes() == served


def test_a_certificate_from_elsewhere_is_renewed_there(folder):
    (folder / "authority.key").unlink()
    with pytest.raises(BadCertificates, match="no authority"):
        certificates.renew(folder, None, now=NOW)


def test_an_authority_at_its_end_renews_nothing(folder):
    with pytest.raises(BadCertificates, match="make another"):
        certificates.renew(folder, None, now=NOW + timedelta(days=3640))


def test_what_is_there_is_never_overwritten(folder):
    with pytest.raises(BadCertificates, match="already"):
        certificates.make(folder, read_names(["a.lan"]), now=NOW)


def test_every_file_is_for_its_owner_alone(folder):
    files = ["authority.crt", "authority.key", "motcham.json", "server.key", "server.pem"]
    assert sorted(path.name for path in folder.iterdir()) == files
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_every_wrong_name_is_told_at_once():
    with pytest.raises(BadCertificates, match=r"a b, -x\.lan, 1\.2\.3\.4\.5, https://x"):
        read_names(["a b", "good.lan", "-x.lan", "1.2.3.4.5", "https://x"])


@pytest.mark.parametrize(("days", "told"), [(0, None), (366, None), (368, "ends"), (400, "over since")])
def test_its_end_is_told_in_time(folder, days, told):
    found = certificates.trouble(folder, now=NOW + timedelta(days=days))
    assert found is told or found.startswith(told)


def test_with_a_certificate_all_is_https(folder, tmp_path):
    found = Settings.from_env({"MOTCHAM_DATA": str(tmp_path)})
    assert (found.serves_tls, found.public_url, found.secure_cookies) == (
        True,
        "https://127.0.0.1:8080",
        True,
    )
    assert not Settings.from_env({"MOTCHAM_DATA": str(tmp_path), "MOTCHAM_TLS": "/none"}).serves_tls


def test_receipts_do_not_lead_to_http_where_only_https_is_served(folder, tmp_path):
    env = {"MOTCHAM_DATA": str(tmp_path), "MOTCHAM_PUBLIC_URL": "http://10.0.0.5:8080"}
    with pytest.raises(BadSettings, match="https://"):
        Settings.from_env(env)


def test_a_certificate_without_a_key_is_told(folder, tmp_path):
    (folder / "server.key").unlink()
    with pytest.raises(BadSettings, match=r"server\.key"):
        Settings.from_env({"MOTCHAM_DATA": str(tmp_path)})


@pytest.fixture
def installed(sqlite_house: House, tmp_path: Path, monkeypatch):
    """Runs ``flask tls`` in an installation that keeps its certificates in ``tmp_path``."""
    core = sqlite_house.app.extensions["motcham"]
    settings = replace(core.settings, tls_dir=tmp_path / "tls", serves_tls=True)
    monkeypatch.setitem(sqlite_house.app.extensions, "motcham", replace(core, settings=settings))
    return lambda *words: sqlite_house.app.test_cli_runner().invoke(args=["tls", *words])


def test_the_commands_tell_what_to_do_next(installed, tmp_path):
    assert "there is no" in installed("show").output
    made = installed("init", "centre.lan")
    fingerprint = certificates.serving(tmp_path / "tls").fingerprint
    assert made.exit_code == 0 and fingerprint in made.output and "motcham.json" in made.output
    assert installed("init", "centre.lan").exit_code == 1
    assert "desk.lan" in installed("renew", "desk.lan").output
    assert fingerprint in installed("show").output


def test_healthz_tells_a_certificate_that_ends(installed, sqlite_house, tmp_path):
    asked = sqlite_house.app.test_client().get("/healthz")
    assert (asked.status_code, asked.get_json()["certificate"][:11]) == (503, "there is no")
