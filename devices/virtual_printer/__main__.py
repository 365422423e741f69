"""``python -m devices.virtual_printer``: the printer as a process, with the page that shows its paper."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from typing import Any

from devices.virtual_printer import listener, new_device
from devices.virtual_printer.tray import TrayPage


async def run(options: argparse.Namespace) -> None:
    """Print and serve until SIGTERM or Ctrl-C."""
    os.nice(10)  # a real printer has a processor of its own
    device = new_device(
        width=options.width,
        speed=options.speed,
        buffer=options.buffer * 1024,
        keep=options.keep,
        maker=options.maker,
        model=options.model,
    )
    server = listener(options.host, options.port, options.buffer * 1024)
    tray = TrayPage(device)
    pages = await asyncio.start_server(tray.serve, options.host, options.web_port)
    printing = asyncio.create_task(device.listen(server))
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    print(f"virtual printer on tcp://{options.host}:{_port(server)}", flush=True)
    print(f"paper tray on http://{options.host}:{_port(pages.sockets[0])}/", flush=True)
    await stop.wait()
    pages.close()
    printing.cancel()
    device.close()
    server.close()


def _port(server: Any) -> int:
    return int(server.getsockname()[1])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devices.virtual_printer", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9100, help="where it takes ESC/POS; 0 is any")
    parser.add_argument("--web-port", type=int, default=9180, help="where it shows its paper")
    parser.add_argument("--width", type=int, default=576, choices=(576, 384), help="dots: 80 or 58 mm paper")
    parser.add_argument("--speed", type=float, default=150.0, help="mm/s")
    parser.add_argument("--buffer", type=int, default=64, choices=(4, 64), help="receive buffer in kB")
    parser.add_argument("--keep", type=int, default=50, help="sheets the tray holds")
    parser.add_argument("--maker", default="Mot Cham", help="what it calls itself (GS I 66)")
    parser.add_argument("--model", default="VP-80", help="(GS I 67)")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        asyncio.run(run(arguments()))
    except OSError as fault:
        raise SystemExit(f"virtual printer: {fault}") from None
