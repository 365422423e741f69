"""Everything that varies between installations, read once into one frozen value."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import tempfile
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
# The five keys of a pad, which is a keyboard: the names browsers give to keys (KeyboardEvent.key).
PAD_KEYS = {"up": "ArrowUp", "down": "ArrowDown", "back": "Escape", "select": "Enter", "repeat": "F2"}
_T = TypeVar("_T")


class BadSettings(Exception):  # told to a person, once, with every fault in it
    """One or more settings cannot be used; the message names all of them."""


@dataclass(frozen=True)
class Settings:
    """The settings of one running installation.

    Times are in seconds. ``public_url`` is what the QR of a receipt leads to.
    ``secrets_dir`` holds session.key, receipt.key and data.key (mode 0600);
    several hosts of one province share the same three files. ``backup_dir`` None:
    the worker makes no copies by itself. ``serves_tls``: ``tls_dir`` holds a
    certificate, so the web answers https and nothing else.
    """

    data: Path
    secrets_dir: Path
    database_url: str
    host: str
    port: int
    public_url: str
    hosts: frozenset[str]
    trusted_proxies: int
    tls_dir: Path
    serves_tls: bool
    plain_http: bool
    metrics_open: bool
    starts_per_minute: int
    printer_port: int
    tray_port: int
    demo: bool
    idle_warn_s: int
    idle_wipe_s: int
    idle_called_s: int
    staff_idle_s: int
    staff_longest_s: int
    printer_wait_s: int
    worker_name: str
    papers_dir: Path  # files of papers, sealed
    clamd: str  # address of ClamAV's daemon, "" for none
    backup_dir: Path | None
    backup_hour: int
    log_level: str
    secure_cookies: bool
    pad_keys: Mapping[str, str]  # up, down, back, select, repeat: what a browser calls that key
    bench: bool

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def certificate(self) -> Path:
        return self.tls_dir / "server.pem"

    @property
    def certificate_key(self) -> Path:
        return self.tls_dir / "server.key"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read ``MOTCHAM_…``; raises BadSettings naming every fault at once."""
        reader = _Reader(env)
        data = Path(reader.take("DATA", str(ROOT / "data"), str)).expanduser().resolve()
        port = reader.take("PORT", "8080", _port)
        host = reader.take("HOST", "127.0.0.1", _host)
        database_url = reader.take("DATABASE_URL", f"sqlite:///{data / 'motcham.db'}", _database, told=False)
        # A server of PostgreSQL serves many hosts, and has keepers of its own.
        copies = str(data / "backups") if database_url.startswith("sqlite") else ""
        tls_dir = Path(reader.take("TLS", str(data / "tls"), str)).expanduser().resolve()
        serves_tls = os.path.isfile(tls_dir / "server.pem")
        scheme = "https" if serves_tls else "http"
        settings = cls(
            data=data,
            secrets_dir=Path(reader.take("SECRETS", str(data / "secrets"), str)).expanduser().resolve(),
            database_url=database_url,
            host=host,
            port=port,
            public_url=reader.take("PUBLIC_URL", f"{scheme}://{_reachable(host)}:{port}", _address),
            hosts=reader.take("HOSTS", "", _names),
            trusted_proxies=reader.take("TRUSTED_PROXIES", "0", _few),
            tls_dir=tls_dir,
            serves_tls=serves_tls,
            plain_http=reader.take("PLAIN_HTTP", "0", _yes_no),
            metrics_open=reader.take("METRICS_OPEN", "0", _yes_no),
            starts_per_minute=reader.take("STARTS_PER_MINUTE", "30", _often),
            printer_port=reader.take("PRINTER_PORT", "9100", _port),
            tray_port=reader.take("TRAY_PORT", "9180", _port),
            demo=reader.take("DEMO", "1", _yes_no),
            idle_warn_s=reader.take("IDLE_WARN", "60", _seconds),
            idle_wipe_s=reader.take("IDLE_WIPE", "90", _seconds),
            idle_called_s=reader.take("IDLE_CALLED", "600", _seconds),
            staff_idle_s=reader.take("STAFF_IDLE", "1800", _seconds),
            staff_longest_s=reader.take("STAFF_LONGEST", "43200", _seconds),
            printer_wait_s=reader.take("PRINTER_WAIT", "60", _seconds),
            worker_name=reader.take("WORKER_NAME", _this_host(), str),
            papers_dir=Path(reader.take("PAPERS", str(data / "papers"), str)).expanduser().resolve(),
            clamd=reader.take("CLAMD", "", _socket),
            backup_dir=reader.take("BACKUP_DIR", copies, _folder),
            backup_hour=reader.take("BACKUP_HOUR", "2", _hour),
            log_level=reader.take("LOG_LEVEL", "INFO", _level),
            secure_cookies=reader.take("SECURE_COOKIES", "01"[serves_tls], _yes_no),
            pad_keys=reader.take("PAD_KEYS", "", _pad_keys),
            bench=reader.take("BENCH", "0", _yes_no),
        )
        reader.demand(
            settings.idle_warn_s < settings.idle_wipe_s,
            "MOTCHAM_IDLE_WARN must be less than MOTCHAM_IDLE_WIPE",
        )
        reader.demand(
            settings.staff_idle_s <= settings.staff_longest_s,
            "MOTCHAM_STAFF_IDLE must not be more than MOTCHAM_STAFF_LONGEST",
        )
        reader.demand(
            len({settings.port, settings.printer_port, settings.tray_port}) == 3,
            "MOTCHAM_PORT, MOTCHAM_PRINTER_PORT and MOTCHAM_TRAY_PORT must differ",
        )
        reader.demand(
            settings.demo or _is_loopback(host) or bool(env.get("MOTCHAM_PUBLIC_URL")),
            f"MOTCHAM_PUBLIC_URL must say where citizens reach the server: with MOTCHAM_DEMO=0 and"
            f" MOTCHAM_HOST={host} real receipts would lead to {settings.public_url}",
        )
        reader.demand(
            not serves_tls or os.path.isfile(settings.certificate_key),
            f"MOTCHAM_TLS: {settings.certificate} has no server.key beside it",
        )
        reader.demand(
            not serves_tls or settings.trusted_proxies > 0 or settings.public_url.startswith("https://"),
            f"MOTCHAM_PUBLIC_URL must begin with https://, because {settings.certificate} makes the server"
            f" answer nothing else; receipts would lead to {settings.public_url}",
        )
        if reader.faults:
            raise BadSettings("\n".join(reader.faults.values()))
        return settings


@dataclass(frozen=True)
class Secrets:
    """The three keys of an installation; none has a default."""

    session_key: bytes
    receipt_key: bytes
    data_key: bytes

    @classmethod
    def of(cls, folder: Path) -> Secrets:
        """The keys in ``folder``, generated there on the first start (files 0600, folder 0700).

        Raises BadSettings that names every key which cannot be used; none is ever replaced.
        """
        keys, faults = [], []
        for name in ("session", "receipt", "data"):
            path = folder / f"{name}.key"
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if not path.exists():
                    _make_key(path)
                keys.append(_read_key(path))
            except OSError as fault:
                faults.append(f"{path}: {fault.strerror}")
            except ValueError:
                faults.append(f"{path} does not hold a key of 32 bytes in hexadecimal")
        if faults:
            raise BadSettings("\n".join(faults))
        return cls(*keys)


def _make_key(path: Path) -> None:
    """A new key, which appears with all its bytes or not at all; of two who make it at once one wins."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read_key(path: Path) -> bytes:
    key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    if len(key) != 32:
        raise ValueError("not 32 bytes")
    return key


def make_private(folder: Path) -> None:
    """A folder that nobody else on this machine looks into: names of people stand there in clear.

    A folder that others put files in as well (/tmp) or that belongs to another
    user stays as it is. Raises BadSettings when there can be no such folder.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
        if found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX:
            folder.chmod(stat.S_IMODE(found.st_mode) & ~0o077)
    except OSError as fault:
        raise BadSettings(f"MOTCHAM_DATA={str(folder)!r}: {fault.strerror}") from fault


class _Reader:
    """``faults`` by setting, in the order they were found."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.faults: dict[str, str] = {}

    def take(self, name: str, default: str, read: Callable[[str], _T], *, told: bool = True) -> _T:
        """The setting; what cannot be read is a fault, quoted unless it may hold a password."""
        name = f"MOTCHAM_{name}"
        text = self.env.get(name) or default
        try:
            return read(text)
        except ValueError as fault:
            self.faults[name] = f"{name}={text!r}: {fault}" if told else f"{name}: {fault}"
            return read(default)

    def demand(self, holds: bool, words: str) -> None:
        """A rule between settings, unless one that the words name is unreadable anyway."""
        if not holds and self.faults.keys().isdisjoint(re.findall(r"MOTCHAM_[A-Z_]+", words)):
            self.faults[words] = words


def _this_host() -> str:
    """A name no other host of the province has: many are called «debian»."""
    try:
        machine = Path("/etc/machine-id").read_text(encoding="ascii").strip()[:8]
    except OSError:
        machine = f"{uuid.getnode():x}"
    return f"{os.uname().nodename}-{machine}"


def _host(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        if not re.fullmatch(r"[A-Za-z0-9.-]+", text):
            raise ValueError("must be an address such as 0.0.0.0, or a name") from None
        return text


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reachable(host: str) -> str:
    """``host`` as it stands in an address."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]" if ":" in host else host


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError("must be a port between 1 and 65535")
    return int(text)


def _seconds(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 86_400:
        raise ValueError("must be whole seconds between 1 and 86400")
    return int(text)


def _often(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise ValueError("must be a number between 1 and 1000000")
    return int(text)


def _hour(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 23:
        raise ValueError("must be an hour between 0 and 23")
    return int(text)


def _folder(text: str) -> Path | None:
    return Path(text).expanduser().resolve() if text else None


def _few(text: str) -> int:
    if text not in tuple("0123456789"):
        raise ValueError("must be a number between 0 and 9")
    return int(text)


def _yes_no(text: str) -> bool:
    if text.lower() not in ("0", "1", "yes", "no", "true", "false"):
        raise ValueError("must be 1 or 0")
    return text.lower() in ("1", "yes", "true")


def _pad_keys(text: str) -> Mapping[str, str]:
    """What is told, «select=F5 repeat=F6», in place of the usual keys."""
    keys = dict(PAD_KEYS)
    for word in text.replace(",", " ").split():
        name, _, key = word.partition("=")
        if name not in PAD_KEYS or not re.fullmatch(r"[A-Za-z][A-Za-z0-9]+", key):
            raise ValueError(
                f"must be such as {' '.join(f'{one}={usual}' for one, usual in PAD_KEYS.items())}"
            )
        keys[name] = key
    if len(set(keys.values())) < len(keys):
        raise ValueError("must name five different keys")
    return keys


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


def _socket(text: str) -> str:
    """Of a daemon on this machine or another; "" for none."""
    if text.startswith("/"):
        return f"unix:{text}"
    host, _, port = text.rpartition(":")
    if text and not text.startswith("unix:/") and not (host and port.isdecimal() and int(port) <= 65535):
        raise ValueError("must be a path such as /run/clamav/clamd.ctl, or HOST:PORT")
    return text


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    return text
