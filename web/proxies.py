"""Behind a proxy the sender is whom the proxy names, not the proxy itself."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def install(app: Flask) -> None:
    """Believe as many proxies as the settings count; the header of anyone else is only a claim."""
    count = app.extensions["motcham"].settings.trusted_proxies
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
