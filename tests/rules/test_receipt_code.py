import base64
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import thread_time
from timeit import repeat

import pytest
import qrcode
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from intake.rules.calendar import VIETNAM
from intake.rules.receipt_code import ReceiptCode, address, decode, encode, key_id
from intake.rules.refusals import ForeignReceipt, ForgedReceipt, NotAReceipt, Refusal

BASE32 = string.ascii_uppercase + "234567"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key()
KEY_ID = key_id(PUBLIC.public_bytes_raw())
OURS = {KEY_ID: PUBLIC}
CODE = ReceiptCode("H56.17.22", "H56.17.22-261126-0018", datetime(2026, 11, 26, 3, 15, 7, tzinfo=UTC), KEY_ID)
PAYLOAD = encode(CODE, KEY.sign)


def names(longest: int) -> st.SearchStrategy[str]:
    return st.text(string.ascii_letters + string.digits + "._/-", min_size=1, max_size=longest)


def version_of(data: str) -> int:
    drawn = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    drawn.add_data(data)
    drawn.make(fit=True)
    return drawn.version


@given(names(24), names(64), st.integers(0, 2**32 - 1))
def test_decode_of_encode_is_the_receipt(office, dossier, seconds):
    code = ReceiptCode(office, dossier, datetime.fromtimestamp(seconds, UTC), KEY_ID)
    assert decode(encode(code, KEY.sign), OURS) == code


def test_the_moment_is_told_in_utc_and_whole_seconds():
    local = CODE.received_at.astimezone(VIETNAM) + timedelta(microseconds=999)
    assert decode(encode(replace(CODE, received_at=local), KEY.sign), OURS).received_at == CODE.received_at


@pytest.mark.parametrize(
    "text",
    [
        PAYLOAD,
        PAYLOAD.lower(),
        f" {PAYLOAD}\r\n",
        f"HTTP://10.1.2.3:8080/R/{PAYLOAD}",
        f"http://10.1.2.3:8080/r/{PAYLOAD}",
        f"https://mot-cua.example/R/tren/r/{PAYLOAD.lower()}",
    ],
)
def test_a_receipt_as_people_and_scanners_write_it(text):
    assert decode(text, OURS) == CODE


@pytest.mark.parametrize("place", range(len(PAYLOAD)))
def test_every_single_altered_letter_is_refused(place):
    beginning = (NotAReceipt, ForgedReceipt, ForeignReceipt)  # version and key id
    for letter in set(BASE32) - {PAYLOAD[place]}:
        with pytest.raises(ForgedReceipt if place > 8 else beginning):
            decode(PAYLOAD[:place] + letter + PAYLOAD[place + 1 :], OURS)


@pytest.mark.parametrize("length", range(len(PAYLOAD)))
def test_a_payload_cut_short_is_refused(length):
    with pytest.raises(ForgedReceipt if length >= 2 else NotAReceipt):
        decode(PAYLOAD[:length], OURS)


@pytest.mark.parametrize("tail", [*BASE32, "AA", "=", "AAAAAAAA", "/", "?x", " X", PAYLOAD])
def test_an_extended_payload_is_refused(tail):
    with pytest.raises((ForgedReceipt, NotAReceipt)):
        decode(PAYLOAD + tail, OURS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "None",
        "xin chào",
        "KHONGPHAI",
        "038156001234|172345678|Lê Thị Ngọc Lan|08031956|Nữ|Tổ 3, Phường Hạc Thành, Thanh Hóa|22042022",
        "H56.17.22-261126-0018",
        "https://example.com/an/AEAEAE",
        "/R/",
        "http://10.1.2.3/R/",
        "0189",
        "Đ" + PAYLOAD,
        "ı" * 170,
        "A" * 1_000_000,
        "/R/" * 300,
        "\x00",
    ],
)
def test_what_is_not_a_receipt_is_no_forgery(text):
    with pytest.raises(NotAReceipt):
        decode(text, OURS)


@given(st.text() | st.text(BASE32) | st.binary(max_size=200).map(lambda raw: base64.b32encode(raw).decode()))
@example("A")
def test_a_receipt_or_a_refusal_never_anything_else(text):
    with pytest.raises(Refusal):
        decode(text, OURS)


def test_a_receipt_of_another_office_names_the_office_it_claims():
    with pytest.raises(ForeignReceipt) as refused:
        decode(PAYLOAD, {b"\0\0\0\0": PUBLIC})
    assert refused.value.facts == {"office": "H56.17.22", "dossier_code": "H56.17.22-261126-0018"}


def test_a_stranger_cannot_sign_in_our_name():
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with pytest.raises(ForgedReceipt):
        decode(encode(CODE, stranger.sign), OURS)


def test_a_version_we_do_not_know_is_refused_even_when_signed():
    body = b"\2" + base64.b32decode(PAYLOAD + "=" * (-len(PAYLOAD) % 8))[1:-64]
    with pytest.raises(NotAReceipt):
        decode(base64.b32encode(body + KEY.sign(body)).decode().rstrip("="), OURS)


@pytest.mark.parametrize(
    "change",
    [
        {"office": ""},
        {"office": "X" * 25},
        {"office": "Hạc Thành"},
        {"dossier_code": ""},
        {"dossier_code": "X" * 65},
        {"dossier_code": "H56 1"},
        {"received_at": CODE.received_at.replace(tzinfo=None)},
        {"key_id": b"123"},
        {"version": 2},
    ],
)
def test_a_receipt_nobody_could_read_is_our_own_mistake(change):
    with pytest.raises(ValueError):
        encode(replace(CODE, **change), KEY.sign)


def test_the_longest_receipt_fits_a_qr_of_version_10():
    longest = replace(CODE, office="H" * 24, dossier_code="H" * 64)
    text = address("http://" + "h" * 33, encode(longest, KEY.sign))
    assert text.startswith("HTTP://" + "H" * 33 + "/R/")
    assert version_of(text) <= 10


def test_a_usual_receipt_is_smaller():
    assert version_of(address("http://192.168.1.20:8080", PAYLOAD)) <= 8


@pytest.mark.parametrize(
    "base, start",
    [
        ("http://mot-cua.lan:8080", "HTTP://MOT-CUA.LAN:8080/R/"),
        ("http://mot-cua.lan:8080/", "HTTP://MOT-CUA.LAN:8080/R/"),
        ("https://xa.example/MotCua", "https://xa.example/MotCua/R/"),
    ],
)
def test_an_address_is_in_capitals_where_case_does_not_matter(base, start):
    assert address(base, PAYLOAD) == start + PAYLOAD


def test_encoding_costs_little_beside_the_signature():
    rounds = repeat(lambda: encode(CODE, lambda body: bytes(64)), number=200, repeat=5, timer=thread_time)
    assert min(rounds) / 200 < 0.0002
