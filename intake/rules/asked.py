"""What every procedure asks beside its own questions: who files, and where the result shall go."""

from __future__ import annotations

from intake.rules.procedures import Question, QuestionKind

NAME = Question(
    "name", "Họ, chữ đệm và tên", QuestionKind.NAME, hint="Viết đúng như trên thẻ căn cước.", max_length=100
)
PHONE = Question(
    "phone", "Số điện thoại", QuestionKind.PHONE, required=False, hint="Để báo khi có kết quả.", max_length=20
)
# Of somebody who types instead of scanning a card.
TYPED = (
    Question(
        "citizen_id",
        "Số định danh cá nhân",
        QuestionKind.CITIZEN_ID,
        hint="12 chữ số trên thẻ căn cước.",
        max_length=20,
    ),
    NAME,
    Question("born", "Ngày sinh", QuestionKind.DATE, bound="past", hint="Gõ liền cũng được: 14031990."),
    Question("address", "Nơi cư trú", QuestionKind.TEXT, hint="Số nhà, đường hoặc thôn; phường, xã; tỉnh."),
    PHONE,
)
_ADDRESS = Question(
    "address",
    "Địa chỉ nhận",
    QuestionKind.TEXT,
    hint="Số nhà, đường hoặc thôn; phường, xã; tỉnh.",
    max_length=300,
)
_RECEIVER_PHONE = Question("phone", "Số điện thoại người nhận", QuestionKind.PHONE, max_length=20)
_EMAIL = Question("email", "Địa chỉ thư điện tử", QuestionKind.EMAIL, example="lan@vidu.vn")
# What a way of collecting the result has to know.
COLLECTED: dict[str, tuple[Question, ...]] = {
    "counter_now": (),
    "counter_later": (),
    "post": (_ADDRESS, _RECEIVER_PHONE),
    "electronic": (_EMAIL,),
}
