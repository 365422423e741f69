"""The paper of a number: what it is for, how many are before it, and the QR that follows the line."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from intake.keys import Keys
from intake.paper import Banner, Code, Divider, Field, Heading, Paper, Qr, Text
from intake.records import Ticket
from intake.rules.calendar import local
from intake.rules.queueing import spoken
from intake.rules.text import clock, long_date
from intake.rules.waits import Wait
from intake.rules.wording import wait_words

_TOKEN = "ticket.token"
_TOKEN_BYTES = 10  # 80 bits: nobody guesses one within its day


@dataclass(frozen=True)
class TicketFacts:
    """All that the paper of a number says. ``wait`` is None where nobody could tell."""

    office_name: str
    number: str  # «A 024»
    group: str
    taken_at: datetime
    ahead: int
    wait: Wait | None
    priority: str  # the paper says only that there is one: why is nobody else's business
    hotline: str
    qr_address: str


def ticket_facts(ticket: Ticket, keys: Keys) -> TicketFacts:
    """As they were told when the number was taken."""
    told = ticket.told
    has_range = told.get("low") is not None and told.get("high") is not None
    return TicketFacts(
        office_name=ticket.office.name,
        number=spoken(ticket.prefix, ticket.number),
        group=ticket.group.name,
        taken_at=ticket.taken_at,
        ahead=told.get("ahead", 0),
        wait=Wait(told["low"], told["high"], sure=True) if has_range else None,
        priority=ticket.priority,
        hotline=ticket.office.hotline,
        qr_address=place_address(told.get("address", ""), token_of(ticket.attempt, keys)),
    )


def ticket_paper(facts: TicketFacts) -> Paper:
    """What the kiosk prints: the number first and as large as it can be; nothing about the person."""
    before = f"{facts.ahead} người" if facts.ahead else "Không có ai, sắp đến lượt"
    return Paper(
        f"Số thứ tự {facts.number}",
        (
            Heading("SỐ THỨ TỰ"),
            Text(facts.office_name, small=True, centred=True),
            Code(facts.group, (facts.number,), large=True),
            *([Banner("SỐ ƯU TIÊN")] if facts.priority else []),
            Field("Lấy lúc", f"{clock(facts.taken_at)} · {long_date(local(facts.taken_at).date())}"),
            Field("Trước số này", before, strong=True),
            *([Field("Thời gian chờ", wait_words(facts.wait), strong=True)] if facts.wait else []),
            Qr(facts.qr_address, "Quét mã để xem còn bao lâu, khỏi phải ngồi canh"),
            Divider(),
            Text("Khi loa gọi hoặc bảng hiện số này, mời đến quầy được gọi.", centred=True),
            Text("Số chỉ dùng trong ngày. Mã QR không chứa thông tin cá nhân.", small=True, centred=True),
        ),
    )


def place_address(base_url: str, token: str) -> str:
    """Where the QR leads; in capitals when only scheme and host are before ``/T/``, as on receipts."""
    base = base_url.rstrip("/")
    return f"{base if urlsplit(base).path else base.upper()}/T/{token}"


def token_of(attempt: str, keys: Keys) -> str:
    """The secret of a number's address: 16 letters and digits, made anew from the attempt when needed."""
    secret = bytes.fromhex(keys.fingerprint(attempt, _TOKEN))[:_TOKEN_BYTES]
    return base64.b32encode(secret).decode()


def token_key(token: str) -> str:
    """What is stored of a token; it knows no case, as people copy addresses."""
    return hashlib.sha256(token.strip().upper().encode()).hexdigest()
