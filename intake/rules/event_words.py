"""What the kinds of events are called, and which of their facts are worth reading on a screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from intake.rules.text import moment_words

GROUPS: Mapping[str, Mapping[str, str]] = {
    "Hồ sơ": {
        "draft_saved": "Lưu hồ sơ chưa nộp",
        "submitted": "Nộp hồ sơ",
        "accepted": "Tiếp nhận, cấp biên nhận",
        "receipt_reprinted": "In lại biên nhận",
        "receipt_moved": "Chuyển biên nhận sang máy in khác",
        "receipt_came_out": "Xác nhận giấy đã ra",
        "paper_exception": "Nhận bản giấy có lý do",
        "paper_exception_withdrawn": "Bỏ ghi nhận bản giấy",
        "viewed": "Xem hồ sơ",
        "paper_opened": "Mở giấy tờ theo mẫu",
        "file_opened": "Mở tệp giấy tờ đã gửi",
        "file_held_back": "Giữ lại tệp nghi có mã độc",
        "notice_printed": "In phiếu tại quầy",
        "taken": "Giữ hồ sơ để xử lý",
        "released": "Nhả hồ sơ",
        "checked": "Kiểm tra, nhận giải quyết",
        "supplement_requested": "Yêu cầu bổ sung",
        "supplement_received": "Nhận bổ sung",
        "refused": "Từ chối tiếp nhận",
        "stopped": "Dừng giải quyết",
        "handed_over": "Bàn giao",
        "hand_over_received": "Xác nhận nhận bàn giao",
        "hand_over_declined": "Không nhận bàn giao",
        "hand_over_withdrawn": "Rút lại bàn giao",
        "apology_proposed": "Đề nghị xin lỗi và gia hạn",
        "apology_issued": "Ban hành phiếu xin lỗi, hẹn lại",
        "apology_withdrawn": "Rút phiếu xin lỗi",
        "result_ready": "Có kết quả",
        "collection_changed": "Đổi cách nhận kết quả",
        "sent": "Gửi kết quả",
        "delivered": "Kết quả đã đến nơi",
        "delivery_failed": "Không giao được kết quả",
        "returned": "Trả kết quả",
        "fee_paid": "Thu phí, lệ phí",
        "fee_refunded": "Hoàn phí, lệ phí",
        "transfer_arrived": "Tiền chuyển khoản đến, chưa khớp",
        "transfer_settled": "Xử lý khoản chuyển khoản",
        "bank_file_heard": "Nhập tệp sao kê ngân hàng",
        "exemption_checked": "Kiểm tra diện miễn, giảm phí",
        "recomputed": "Tính lại ngày hẹn",
    },
    "Số thứ tự": {
        "call_answered": "Đến với người gọi ở máy",
        "help_opened": "Xem màn hình của người gọi, đã che",
        "help_pointed": "Chỉ chỗ trên màn hình",
        "help_asked": "Xin được điền giúp",
        "help_consented": "Người dân đồng ý cho điền giúp",
        "help_refused": "Người dân không cho điền giúp",
        "help_withdrawn": "Người dân thôi cho điền giúp",
        "help_filled": "Điền giúp trên màn hình",
        "help_ended": "Giúp xong",
        "help_confirmed": "Người dân xác nhận việc giúp",
        "vouched": "Xác nhận người không có thẻ, số",
        "ticket_taken": "Lấy số",
        "ticket_called": "Gọi số",
        "ticket_recalled": "Gọi lại",
        "ticket_serving": "Bắt đầu phục vụ",
        "ticket_held": "Giữ số",
        "ticket_back": "Đưa lại vào hàng",
        "ticket_transferred": "Chuyển quầy",
        "ticket_no_show": "Vắng mặt",
        "ticket_done": "Phục vụ xong",
        "ticket_priority": "Ghi ưu tiên",
    },
    "Bưu chính": {
        "post_accepted": "Bưu điện nhận hồ sơ",
        "post_in_transit": "Chuyển bưu gửi",
        "post_handed_over": "Trung tâm nhận bưu gửi",
        "post_ready": "Đóng gói kết quả gửi bưu điện",
        "post_picked_up": "Bưu điện lấy kết quả",
        "post_out": "Mang kết quả đi giao",
        "post_delivered": "Giao kết quả tận tay",
        "post_failed": "Giao kết quả không được",
        "post_returned": "Kết quả về lại Trung tâm",
        "post_file_heard": "Nhập tệp trạng thái của bưu chính",
        "post_not_followed": "Hồ sơ không theo được bước của bưu gửi",
        "post_item_accepted": "Lập hồ sơ từ bưu gửi",
        "post_block_taken": "Cấp dải số hiệu cho thiết bị",
        "post_reprinted": "In lại giấy của bưu gửi",
        "manifest_opened": "Lập bảng kê giao nhận",
        "manifest_closed": "Chốt bảng kê",
        "manifest_arrived": "Bắt đầu đối chiếu bảng kê",
        "manifest_received": "Bên nhận xác nhận bảng kê",
        "manifest_agreed": "Bên giao xác nhận bảng kê",
        "manifest_printed": "In bảng kê",
        "post_listed": "Đưa bưu gửi vào bảng kê",
        "post_unlisted": "Bỏ bưu gửi khỏi bảng kê",
        "post_scanned": "Quét bưu gửi khi đối chiếu",
        "post_resolved": "Giải quyết chênh lệch bưu gửi",
        "post_proof_seen": "Xem chứng cứ giao nhận",
        "post_money_taken": "Thu tiền tại bưu cục",
        "post_money_corrected": "Điều chỉnh tiền đã thu",
        "post_shift_closed": "Chốt ca thu tiền",
        "post_day_confirmed": "Xác nhận đối soát ngày",
    },
    "Văn phòng": {
        "office_changed": "Sửa thông tin văn phòng",
        "hours_changed": "Đổi giờ làm việc",
        "day_changed": "Đổi ngày nghỉ, ngày làm bù",
        "rule_changed": "Đổi quy định của văn phòng",
        "point_changed": "Sửa quầy, ki-ốt",
        "kiosk_code_made": "Tạo mã đăng ký ki-ốt",
        "kiosk_registered": "Đăng ký ki-ốt",
        "kiosk_revoked": "Thu hồi ki-ốt",
        "printer_changed": "Sửa máy in",
        "printer_tested": "In thử",
        "procedures_changed": "Đổi thủ tục tiếp nhận",
        "voice_changed": "Đổi bản ghi âm của ki-ốt",
        "config_imported": "Nhập cấu hình",
        "config_exported": "Xuất cấu hình",
    },
    "Ngày không giấy": {
        "service_day_drafted": "Soạn quy định ngày không giấy",
        "service_day_changed": "Sửa bản soạn",
        "service_day_approved": "Duyệt",
        "service_day_published": "Công bố",
        "service_day_ended": "Chấm dứt",
        "service_day_discarded": "Bỏ bản soạn",
        "service_day_suspended": "Tạm dừng",
        "suspension_confirmed": "Xác nhận tạm dừng",
        "service_day_resumed": "Chạy lại",
        "readiness_checked": "Kiểm tra sẵn sàng",
        "fallback_printed": "In phiếu nhận giấy dự phòng",
        "fallback_entered": "Nhập lại phiếu giấy",
    },
    "Nhân sự": {
        "person_added": "Thêm người",
        "person_changed": "Sửa thông tin người",
        "roles_changed": "Đổi vai trò",
        "invited": "Tạo liên kết chọn mật khẩu",
        "unlocked": "Mở khóa tài khoản",
        "signed_in": "Đăng nhập",
        "sign_in_failed": "Đăng nhập sai",
        "locked_out": "Tạm khóa vì sai nhiều lần",
        "signed_out": "Đăng xuất",
        "seated": "Ngồi vào quầy",
        "password_changed": "Đổi mật khẩu",
        "totp_on": "Bật mã xác thực",
        "totp_off": "Tắt mã xác thực",
        "recovery_used": "Dùng mã khôi phục",
        "recovery_renewed": "Tạo lại mã khôi phục",
        "events_exported": "Xuất nhật ký",
    },
}
KINDS: Mapping[str, str] = {kind: words for kinds in GROUPS.values() for kind, words in kinds.items()}
_FACTS = {
    "whom": "tài khoản",
    "what": "",
    "counter": "quầy",
    "failures": "lần thứ",
    "address": "máy",
    "until": "đến",
    "number": "số",
    "manifest": "bảng kê",
    "name": "tên",
    "roles": "vai trò",
    "status": "trạng thái",
    "copy_no": "bản thứ",
    "amount": "số tiền",
    "item_number": "số hiệu",
    "holder": "người giữ",
    "officer": "cán bộ",
    "steps": "số màn hình đã giúp",
}
_ROLES = {
    "administrator": "quản trị",
    "manager": "phụ trách",
    "reception": "tiếp nhận",
    "deciding": "giải quyết",
    "clerk": "bưu điện",
    "auditor": "kiểm tra",
    "received": "mới nhận",
    "in_progress": "đang giải quyết",
    "awaiting_supplement": "chờ bổ sung",
    "result_ready": "có kết quả",
    "returned": "đã trả",
    "refused": "từ chối",
    "stopped": "dừng",
}


def kind_words(kind: str) -> str:
    """«Tiếp nhận, cấp biên nhận»; a kind without words of its own is told as another matter."""
    return KINDS.get(kind, "Việc khác")


def fact_words(facts: Mapping[str, object]) -> str:
    """The facts a person can read, in one line; "" when there are none. An export holds all."""
    told = []
    for name, value in facts.items():
        if name in _FACTS and (words := _said(value)):
            told.append(f"{_FACTS[name]} {words}".strip())
    return "; ".join(told)


def _said(value: object) -> str:
    if isinstance(value, list) and len(value) == 2:
        return f"{_said(value[0]) or 'không'} → {_said(value[1]) or 'không'}"
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    if isinstance(value, bool) or value is None or isinstance(value, dict):
        return ""
    text = str(value)
    try:
        return moment_words(datetime.fromisoformat(text)) if "T" in text else _role(text)
    except ValueError:
        return _role(text)


def _role(text: str) -> str:
    return _ROLES.get(text.partition(":")[0], text)
