"""What a sender agrees to before name, telephone and address go to the postal operator.

A text is never edited: what people agreed to keeps its version, a new wording gets the next.

Source: Luật Bảo vệ dữ liệu cá nhân 2025 (91/2025/QH15): consent for one purpose, given by an act
of the person, provable afterwards; Quyết định 45/2016/QĐ-TTg.
"""

from __future__ import annotations

from collections.abc import Mapping

CONSENT: Mapping[str, str] = {
    "2026-1": (
        "Tôi đồng ý để Trung tâm chuyển họ tên, số điện thoại, địa chỉ và mã hồ sơ của tôi cho bưu điện, "
        "chỉ để phát kết quả đến nhà. Không đồng ý thì tôi nhận kết quả tại quầy."
    ),
}
LATEST = "2026-1"


def consent_text(version: str = LATEST) -> str:
    """The words of that version; KeyError for one that never was."""
    return CONSENT[version]
