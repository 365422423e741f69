"""Why a dossier is refused, comes late or is stopped: closed lists, with the words printed on the notices.

None of them is technical: a printer or a network never is a reason to refuse a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

LEAST_LETTERS = 10  # of a reason in an officer's own words
LONGEST_TEXT = 1000


class RefusalReason(StrEnum):
    """Of form 03. A refusal always adds the officer's own words and the legal basis."""

    NOT_COMPETENT = "not_competent"
    NOT_ELIGIBLE = "not_eligible"
    NOT_COMPLETED = "not_completed"  # the last day of a supplement has passed
    CANNOT_COMPLETE = "cannot_complete"  # the applicant says so before that day
    FALSE_PAPERS = "false_papers"
    FORBIDDEN = "forbidden"
    ALREADY_PENDING = "already_pending"
    OTHER_LEGAL = "other_legal"


class LateReason(StrEnum):
    """Of form 04."""

    WORKLOAD = "workload"
    VERIFICATION = "verification"
    OTHER_AGENCY = "other_agency"
    COMPLEX = "complex"
    FORCE_MAJEURE = "force_majeure"
    OUR_FAULT = "our_fault"


class StopGround(StrEnum):
    """Of form 05."""

    APPLICANT_REQUEST = "applicant_request"
    DECISION = "decision"


REFUSAL_REASONS: Mapping[RefusalReason, str] = {
    RefusalReason.NOT_COMPETENT: "Không thuộc thẩm quyền, phạm vi giải quyết của cơ quan",
    RefusalReason.NOT_ELIGIBLE: "Không thuộc đối tượng hoặc không đủ điều kiện theo quy định",
    RefusalReason.NOT_COMPLETED: "Quá hạn mà không bổ sung, hoàn thiện hồ sơ theo yêu cầu",
    RefusalReason.CANNOT_COMPLETE: "Người nộp không thể bổ sung, hoàn thiện hồ sơ theo yêu cầu",
    RefusalReason.FALSE_PAPERS: "Giấy tờ giả mạo hoặc bị tẩy xóa, sửa chữa làm sai lệch nội dung",
    RefusalReason.FORBIDDEN: "Thuộc trường hợp pháp luật không cho phép giải quyết",
    RefusalReason.ALREADY_PENDING: "Cùng yêu cầu này đang được giải quyết ở một hồ sơ khác",
    RefusalReason.OTHER_LEGAL: "Lý do khác theo quy định của pháp luật",
}
LATE_REASONS: Mapping[LateReason, str] = {
    LateReason.WORKLOAD: "Số lượng hồ sơ tăng đột biến",
    LateReason.VERIFICATION: "Phải xác minh thêm",
    LateReason.OTHER_AGENCY: "Cơ quan phối hợp chưa trả lời",
    LateReason.COMPLEX: "Hồ sơ có tình tiết phức tạp",
    LateReason.FORCE_MAJEURE: "Sự kiện bất khả kháng",
    LateReason.OUR_FAULT: "Lỗi của cơ quan giải quyết",
}
STOP_GROUNDS: Mapping[StopGround, str] = {
    StopGround.APPLICANT_REQUEST: "Theo đề nghị của người nộp hồ sơ",
    StopGround.DECISION: "Theo quyết định của cơ quan có thẩm quyền",
}
# How an officer knows that whoever asks to stop may ask.
STOP_PROOFS: Mapping[str, str] = {
    "in_person": "Người nộp đề nghị trực tiếp, đã đối chiếu giấy tờ tùy thân",
    "written": "Đơn đề nghị có chữ ký của người nộp",
    "account": "Đề nghị gửi từ tài khoản định danh điện tử của người nộp",
    "representative": "Người được ủy quyền đề nghị, có giấy ủy quyền",
}
# What becomes of a fee that was paid when a dossier is stopped.
STOP_FEES: Mapping[str, str] = {
    "none_paid": "Chưa thu phí, lệ phí",
    "refund": "Hoàn trả phí, lệ phí đã nộp",
    "kept": "Không hoàn trả phí, lệ phí đã nộp theo quy định",
}
# By what right somebody else collects a result.
AUTHORITIES: Mapping[str, str] = {
    "written_authorisation": "Giấy ủy quyền",
    "authorisation_contract": "Hợp đồng ủy quyền",
    "legal_representative": "Người đại diện theo pháp luật",
    "guardian": "Người giám hộ",
    "family": "Người thân thích mà pháp luật cho phép nhận thay",
    "organisation": "Giấy giới thiệu của tổ chức nộp hồ sơ",
}
# Which paper an officer may look at instead of reading a number.
IDENTITY_PAPERS: Mapping[str, str] = {
    "citizen_card": "Thẻ căn cước hoặc căn cước công dân",
    "e_identity": "Căn cước điện tử trên VNeID",
    "passport": "Hộ chiếu",
    "birth_certificate": "Giấy khai sinh của trẻ em",
    "other_photo_paper": "Giấy tờ khác có ảnh do cơ quan nhà nước cấp",
}
