"""Everything that varies between installations, read once into one frozen value."""

from __future__ import annotations

import os
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
_T = TypeVar("_T")


class BadSettings(Exception):  # told to a person, once, with every fault in it
    """One or more settings cannot be used; the message names all of them."""


@dataclass(frozen=True)
class Settings:
    """The settings of one running installation.

    Times are in seconds. ``public_url`` is what the QR of a receipt leads to.
    ``secrets_dir`` holds session.key, receipt.key and data.key (mode 0600);
    several hosts of one province share the same three files.
    """

    data: Path
    secrets_dir: Path
    database_url: str
    host: str
    port: int
    public_url: str
    hosts: frozenset[str]
    trusted_proxies: int
    metrics_open: bool
    printer_port: int
    tray_port: int
    demo: bool
    idle_warn_s: int
    idle_wipe_s: int
    printer_wait_s: int
    worker_name: str
    log_level: str
    secure_cookies: bool
    bench: bool

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read ``MOTCHAM_…``; raises BadSettings naming every fault at once."""
        reader = _Reader(env)
        data = Path(reader.take("DATA", str(ROOT / "data"), str)).expanduser().resolve()
        port = reader.take("PORT", "8080", _port)
        host = reader.take("HOST", "127.0.0.1", str)
        settings = cls(
            data=data,
            secrets_dir=Path(reader.take("SECRETS", str(data / "secrets"), str)),
            database_url=reader.take("DATABASE_URL", f"sqlite:///{data / 'motcham.db'}", _database),
            host=host,
            port=port,
            public_url=reader.take("PUBLIC_URL", f"http://{_reachable(host)}:{port}", _address),
            hosts=reader.take("HOSTS", "", _names),
            trusted_proxies=reader.take("TRUSTED_PROXIES", "0", _few),
            metrics_open=reader.take("METRICS_OPEN", "0", _yes_no),
            printer_port=reader.take("PRINTER_PORT", "9100", _port),
            tray_port=reader.take("TRAY_PORT", "9180", _port),
            demo=reader.take("DEMO", "1", _yes_no),
            idle_warn_s=reader.take("IDLE_WARN", "60", _seconds),
            idle_wipe_s=reader.take("IDLE_WIPE", "90", _seconds),
            printer_wait_s=reader.take("PRINTER_WAIT", "60", _seconds),
            worker_name=reader.take("WORKER_NAME", _this_host(), str),
            log_level=reader.take("LOG_LEVEL", "INFO", _level),
            secure_cookies=reader.take("SECURE_COOKIES", "0", _yes_no),
            bench=reader.take("BENCH", "0", _yes_no),
        )
        if not reader.faults and settings.idle_warn_s >= settings.idle_wipe_s:
            reader.faults.append("MOTCHAM_IDLE_WARN must be less than MOTCHAM_IDLE_WIPE")
        if not reader.faults and len({settings.port, settings.printer_port, settings.tray_port}) < 3:
            reader.faults.append("MOTCHAM_PORT, MOTCHAM_PRINTER_PORT and MOTCHAM_TRAY_PORT must differ")
        if reader.faults:
            raise BadSettings("\n".join(reader.faults))
        return settings


@dataclass(frozen=True)
class Secrets:
    """The three keys of an installation; none has a default."""

    session_key: bytes
    receipt_key: bytes
    data_key: bytes

    @classmethod
    def of(cls, folder: Path) -> Secrets:
        """The keys in ``folder``, generated there on the first start (files 0600, folder 0700)."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(*(_key(folder / f"{name}.key") for name in ("session", "receipt", "data")))


def _key(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    else:
        key = secrets.token_bytes(32)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    if len(key) != 32:
        raise BadSettings(f"{path} does not hold a key of 32 bytes in hexadecimal")
    return key


class _Reader:
    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.faults: list[str] = []

    def take(self, name: str, default: str, read: Callable[[str], _T]) -> _T:
        text = self.env.get(f"MOTCHAM_{name}") or default
        try:
            return read(text)
        except ValueError as fault:
            self.faults.append(f"MOTCHAM_{name}={text!r}: {fault}")
            return read(default)


def _this_host() -> str:
    """A name no other host of the province has: many are called «debian»."""
    try:
        machine = Path("/etc/machine-id").read_text(encoding="ascii").strip()[:8]
    except OSError:
        machine = f"{uuid.getnode():x}"
    return f"{os.uname().nodename}-{machine}"


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError("must be a port between 1 and 65535")
    return int(text)


def _seconds(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 86_400:
        raise ValueError("must be whole seconds between 1 and 86400")
    return int(text)


def _few(text: str) -> int:
    if text not in tuple("0123456789"):
        raise ValueError("must be a number between 0 and 9")
    return int(text)


def _yes_no(text: str) -> bool:
    if text.lower() not in ("0", "1", "yes", "no", "true", "false"):
        raise ValueError("must be 1 or 0")
    return text.lower() in ("1", "yes", "true")


def _level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return text.upper()


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("must be an address such as http://10.0.0.5:8080")
    return text.rstrip("/")


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in text.split(",") if name.strip())


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    return text
