"""What hand-over lists say on screens and on paper."""

from __future__ import annotations

from collections.abc import Mapping

from intake.rules.manifests import Side, State
from intake.rules.post import Outcome, Resolution, Step

DIRECTIONS: Mapping[str, str] = {"in": "Hồ sơ về Trung tâm", "home": "Kết quả về bưu cục"}
SIDES: Mapping[Side, str] = {Side.POST: "bưu cục", Side.OFFICE: "Trung tâm"}
STATES: Mapping[State, str] = {
    State.OPEN: "Đang lập",
    State.CLOSED: "Đã chốt, trên đường",
    State.ARRIVED: "Đang đối chiếu",
    State.RECEIVED: "Bên nhận đã xác nhận",
    State.AGREED: "Hai bên đã xác nhận",
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.LISTED: "Chưa quét",
    Outcome.MATCHED: "Khớp",
    Outcome.MISSING: "Thiếu",
    Outcome.EXTRA: "Thừa",
    Outcome.BROKEN_SEAL: "Rách niêm phong",
    Outcome.WRONG_OFFICE: "Sai nơi nhận",
}
# By what it ends: the same end is told in other words.
RESOLUTIONS: Mapping[tuple[Outcome, Resolution], str] = {
    (Outcome.MISSING, Resolution.FOUND): "Đã tìm thấy, nhận",
    (Outcome.MISSING, Resolution.GIVEN_BACK): "Bên giao còn giữ",
    (Outcome.MISSING, Resolution.LOST): "Thất lạc, hai bên ký",
    (Outcome.EXTRA, Resolution.TAKEN): "Nhận luôn",
    (Outcome.EXTRA, Resolution.SENT_ON): "Chuyển đúng nơi",
    (Outcome.EXTRA, Resolution.GIVEN_BACK): "Trả lại bên giao",
    (Outcome.BROKEN_SEAL, Resolution.TAKEN): "Kiểm đủ, nhận",
    (Outcome.BROKEN_SEAL, Resolution.GIVEN_BACK): "Trả lại bên giao",
    (Outcome.WRONG_OFFICE, Resolution.SENT_ON): "Chuyển đúng nơi",
    (Outcome.WRONG_OFFICE, Resolution.GIVEN_BACK): "Trả lại bên giao",
}
STEPS: Mapping[Step, str] = {
    Step.ACCEPTED: "Bưu điện nhận của người gửi",
    Step.IN_TRANSIT: "Bưu điện chuyển đi",
    Step.HANDED_OVER: "Trung tâm nhận của bưu điện",
    Step.READY: "Trung tâm đóng gói kết quả",
    Step.PICKED_UP: "Bưu điện nhận kết quả",
    Step.OUT: "Bưu tá mang đi phát",
    Step.DELIVERED: "Phát thành công",
    Step.FAILED: "Phát chưa được",
    Step.RETURNED: "Chuyển hoàn về Trung tâm",
}
