"""``flask tls …``: https of our own, for offices that stand behind no proxy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click
from flask.cli import AppGroup

from web import certificates
from web.certificates import BadCertificates, Names
from web.core import core, now

commands = AppGroup("tls", help="The certificate for https, and the office's own authority for it.")

_T = TypeVar("_T")

TRUST = """\
Every machine has to be shown the authority once. It is no secret; its fingerprint tells that it is ours.
  {file}
  SHA-256 {fingerprint}
Kiosk or desk, Chromium on Linux   copy {policy} to /etc/chromium/policies/managed/
                                   (Chrome: /etc/opt/chrome/policies/managed/), and start the browser anew
Desk, Windows (Chrome, Edge)       as administrator: certutil -addstore -f Root authority.crt
Desk, Firefox                      Settings, Certificates, Authorities, Import: trust it for websites
Phone, Android                     Settings, Security, Install a certificate, CA certificate
Phone, iOS                         open the file, install the profile, then General, About,
                                   Certificate Trust Settings: switch it on
Test                               curl --cacert authority.crt https://{name}:PORT/healthz"""


@commands.command("init")
@click.argument("names", nargs=-1, required=True)
def init(names: tuple[str, ...]) -> None:
    """Make an authority and a certificate for NAMES and addresses; the next start serves https."""
    folder, called = core().settings.tls_dir, _told(lambda: certificates.read_names(names))
    _told(lambda: certificates.make(folder, called, now=now()))
    _show()
    click.echo("Start anew: from then on the server answers https, and nothing else, on its port.")


@commands.command("renew")
@click.argument("names", nargs=-1)
def renew(names: tuple[str, ...]) -> None:
    """A certificate from today, for the same names unless others are given. The authority stays."""
    folder = core().settings.tls_dir
    called: Names | None = _told(lambda: certificates.read_names(names)) if names else None
    _told(lambda: certificates.renew(folder, called, now=now()))
    _tell()
    click.echo("It is served from the next start of the web.")


@commands.command("show")
def show() -> None:
    """What is served, until when, and how machines learn to trust it."""
    _show()


def state() -> str | None:
    """What to tell at a start: the certificate needs somebody. None is good news."""
    settings = core().settings
    found = certificates.trouble(settings.tls_dir, now=now()) if settings.serves_tls else None
    return f"  certificate          {found}; see: ./motcham flask tls renew" if found else None


def _show() -> None:
    folder = core().settings.tls_dir
    found = _tell()
    if found.fingerprint:
        name, *_ = (*found.names.dns, *map(str, found.names.addresses))
        file, policy = folder / "authority.crt", folder / "motcham.json"
        click.echo(TRUST.format(file=file, fingerprint=found.fingerprint, policy=policy, name=name))


def _tell() -> certificates.Serving:
    found = _told(lambda: certificates.serving(core().settings.tls_dir))
    click.echo(f"{found.names}: until {found.until:%Y-%m-%d}")
    return found


def _told(act: Callable[[], _T]) -> _T:
    try:
        return act()
    except BadCertificates as fault:
        raise click.ClickException(str(fault)) from fault
