"""The endpoint where a payment provider tells of money that came in: signed, JSON, no cookie, no page."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from intake.db import db
from intake.events import Actor
from intake.payments.accounts import secret_of
from intake.payments.confirming import Answer, Credit, Heard, hear
from intake.records import BankAccount
from intake.rules.payment_messages import WORDS, Told, Trouble, Unread, is_signed, read_transaction
from web.core import core, now
from web.limits import limiter
from web.machines import OFTEN, answers_in_json, list_sent

bp = Blueprint("payments", __name__, url_prefix="/api/payments/v1")

MOST = 200  # transactions of one message
LARGEST = 512 * 1024  # bytes of it
TIMESTAMP, SIGNATURE = "X-Motcham-Timestamp", "X-Motcham-Signature"
ERRORS = {
    400: ("bad_request", "Thân yêu cầu phải là JSON có danh sách «transactions»."),
    401: ("unauthorized", "Chữ ký sai, quá hạn, hoặc tài khoản này không nhận báo."),
    413: ("too_large", f"Nhiều nhất {MOST} giao dịch và {LARGEST // 1024} KB trong một yêu cầu."),
}


@bp.post("/<int:account_id>")
@limiter.limit(OFTEN)
def heard(account_id: int) -> Response:
    """Each is committed by itself: what was kept before a fault is known when all is sent again."""
    account = _account(account_id)
    moment, by = now(), Actor(account.provider or "bank", f"bank:{account.id}")
    told = [
        read_transaction(one, account_number=account.number, now=moment)
        for one in list_sent("transactions", most=MOST)
    ]
    answers = []
    for one in told:
        if isinstance(one, Unread):
            answers.append(_refused(one.id, one.trouble))
            continue
        answers.append(_answered(_hear(account, one, by)))
        db.session.commit()
    counts = Counter(answer["outcome"] for answer in answers)
    return jsonify({**{one.value: counts[one.value] for one in Heard}, "answers": answers})


answers_in_json(bp, ERRORS)


def _account(account_id: int) -> BankAccount:
    """Before anything of the body is believed. An account out of use still tells of QRs printed before."""
    request.max_content_length = LARGEST
    body = request.get_data(cache=True)
    account = db.session.get(BankAccount, account_id)
    secret = secret_of(account, core().keys) if account is not None else None
    given = request.headers.get(TIMESTAMP, ""), body, request.headers.get(SIGNATURE, "")
    # An account that is not there takes as long to refuse as a wrong signature.
    is_theirs = is_signed(secret or "nobody's", *given, now=now())
    if account is None or secret is None or not is_theirs:
        abort(401)
    return account


def _hear(account: BankAccount, told: Told, by: Actor) -> Answer:
    credit = Credit(told.id, told.amount, told.words, told.paid_at)
    keys, session = core().keys, db.session()
    (answer,) = hear(session, account, (credit,), source="callback", keys=keys, by=by, now=now())
    return answer


def _answered(answer: Answer) -> dict[str, Any]:
    """Whose dossier it paid is nobody's business but the office's."""
    if answer.heard is Heard.REFUSED:
        return _refused(answer.external_id, Trouble.OTHER_CONTENT)
    return {"id": answer.external_id, "outcome": answer.heard.value}


def _refused(external_id: str, trouble: Trouble) -> dict[str, Any]:
    return {
        "id": external_id,
        "outcome": Heard.REFUSED.value,
        "reason": trouble.value,
        "message": WORDS[trouble],
    }
