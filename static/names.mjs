// Family names and middle names many people have, the most common first. Offered while a name is typed, so
// that a few touches write it; every other name is as welcome. Nothing here comes from what people typed.
const split = (text) => text.trim().split(/,\s*/);

const FAMILY = split(`
Nguyễn, Trần, Lê, Phạm, Hoàng, Huỳnh, Phan, Vũ, Võ, Đặng, Bùi, Đỗ, Hồ, Ngô, Dương, Lý, Đào, Đoàn, Vương, Trịnh, Trương,
Lâm, Đinh, Mai, Tô, Hà, Tạ, Cao, Châu, Chu, Tăng, Thái, Lương, Lưu, Phùng, Quách, Kiều, Tống, La, Lục, Nông, Triệu, Bế, Hứa,
Ma, Vi, Lò, Lường, Quàng, Cầm, Tòng, Cà, Hà Văn, Giàng, Vàng, Thào, Sùng, Mùa, Vừ, Hờ, Hạng, Lầu, Chảo, Tẩn, Phàn, Bàn, Đặng Văn,
Thạch, Sơn, Kim, Danh, Kiên, Niê, Ksor, Rơ Châm, Rơ Mah, Siu, Kpă, Nay, Y, H', Hồ Văn, Pơloong, Zơrâm, Blúp, Alăng, Đàm, Đồng, Mạc, Thân,
Nghiêm, Khổng, Văn, Viên, Ông, Âu, Tôn, Từ, Thiều, Lại, Hoa, Cung, Giáp, Doãn, Mẫn, Ninh, Quản, Trà, Ứng, Bạch, Diệp, Khúc, Phó`);
const MIDDLE = split(`
Thị, Văn, Ngọc, Minh, Thanh, Hữu, Đức, Quang, Xuân, Thu, Kim, Hồng, Thị Thu, Thị Ngọc, Thị Thanh, Thị Kim, Đình, Công, Bá, Duy, Anh,
Bảo, Gia, Hoàng, Phương, Tuấn, Quốc, Trọng, Viết, Thế, Mạnh, Mai, Hải, Thúy, Thùy, Diệu, Khánh, Nhật, Tiến, Trung, Việt, Phúc, Tấn, Chí,
Huy, Như, Quỳnh, Mỹ, Bích, Lan, Tường, Nguyên, Hà, An, Đăng, Phước, Ánh, Yến, Cẩm, Tú, Vĩnh, Sỹ, Khắc, Doãn, Thái, Trường`);

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();

/** Up to ``most`` names for the word that ends at the caret: family names for the first, middle names then. */
export function namesFor(before, most = 4) {
  const words = before.trimStart().split(/\s+/);
  const begun = plain(words.at(-1));
  if (words.length > 1 && !begun) return [];
  const list = words.length === 1 ? FAMILY : MIDDLE;
  if (!begun) return list.slice(0, most);
  return list.filter((name) => plain(name).startsWith(begun) && name !== words.at(-1)).slice(0, most);
}
