"""What is paid, as a record of the national portal tells it: an amount only where it is clear."""

from __future__ import annotations

import re

from intake.rules.portal_terms import CHANNELS
from intake.rules.procedures import FeeRule
from intake.rules.raw import Reader
from intake.rules.text import money

LARGEST_FEE = 10**10
_FEE_TYPES = {"FEE": "Phí", "SERVICE_FEE": "Lệ phí"}
_SET_ELSEWHERE = re.compile(
    r"hội đồng nhân dân|hđnd|luật phí|biểu phí|chi tiết tại|tra cứu|theo quy định|thông tư", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.;\n](?=\s|$)")
_AMOUNT = re.compile(r"\b([0-9]{1,3}(?:[.,][0-9]{3}){1,5}|[0-9]{1,15})\s*(?:đồng|đ|vnđ|vnd)\b", re.IGNORECASE)
_INSTRUMENT = re.compile(r"\b[0-9]+/(?:[0-9]{4}/)?(?:TT|NĐ|NQ|QĐ|QH)[0-9A-ZĐ-]*")
_EXEMPT = re.compile(r"(?:miễn|không thu)[^.;\n]*", re.IGNORECASE)
_FREE = re.compile(r"\W*(?:trường hợp [^.;]*)?(?:được )?miễn", re.IGNORECASE)


def fees_of(record: Reader) -> tuple[FeeRule, ...]:
    """One rule a channel: its amount where the record is clear, else None with the record's words."""
    lines: dict[str, list[tuple[int | None, str]]] = {}
    for method in record.many("executionMethods"):
        channel = CHANNELS.get(method.line("submissionMethod"))
        for fee in method.many("fees"):
            if channel:
                lines.setdefault(channel, []).append(_fee_line(fee))
    return tuple(_fee_rule(channel, told) for channel, told in lines.items())


def _fee_rule(channel: str, lines: list[tuple[int | None, str]]) -> FeeRule:
    lines = list(dict.fromkeys(lines))
    charged = [line for line in lines if not (line[0] == 0 and _EXEMPT.search(line[1]))] or lines
    amounts = {amount for amount, _ in charged}
    words = "\n".join(f"{money(amount)}. {text}" if amount else text for amount, text in lines)
    basis = _INSTRUMENT.search(_without_copies(words))
    return FeeRule(
        amount=amounts.pop() if len(amounts) == 1 else None,
        channel=channel,
        basis=basis[0] if basis else "",
        note=words,
        exempt=tuple(dict.fromkeys(exempt.strip() for exempt in _EXEMPT.findall(words))),
    )


def _fee_line(fee: Reader) -> tuple[int | None, str]:
    """The amount in đồng, or None when the words beside it say otherwise; and the words."""
    kind = _FEE_TYPES.get(fee.line("type"), "Phí")
    words = fee.text("description")
    told = f"{kind}: {words or 'theo bản ghi của Cổng'}"
    value = fee.record.get("value")
    if value is None:
        return None, told
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_FEE:
        fee.remark("mức phí không phải một số tiền dùng được")
        return None, told
    currency = fee.line("currencyName")
    if currency not in ("", "Việt Nam Đồng", "VND"):
        fee.remark(f"mức phí tính bằng {currency}")
        return None, f"{told} ({value} {currency})"
    amounts = {int(re.sub(r"[.,]", "", amount)) for amount in _AMOUNT.findall(words)} - {0}
    if value == 0:
        unclear = amounts or _SET_ELSEWHERE.search(_without_copies(words))
        return (None if unclear and not _FREE.match(words) else 0), told
    if amounts and value not in amounts:
        fee.remark(f"mức {money(value)} khác với số tiền ghi trong mô tả")
        return None, told
    if value < 1000:
        fee.remark(f"mức {money(value)} quá nhỏ, không dùng")
        return None, told
    return value, told


def _without_copies(words: str) -> str:
    """The words without what they say of copies: a fee on request, not the one asked here."""
    return ". ".join(part for part in _SENTENCE_END.split(words) if "bản sao" not in part.casefold())
