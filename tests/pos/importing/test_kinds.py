"""The kind of goods is guessed by the first word that tells, and never anything by default."""

import pytest

from pos.importing.kinds import guess_kind


@pytest.mark.parametrize(("name", "kind"), [
    ("Rổ tre", "craft"), ("Giỏ mây", "craft"), ("Nón lá làng Chuông", "craft"), ("Khăn dệt tay", "craft"), ("Bình gốm", "craft"),
    ("Trứng gà ta", "fresh_food"), ("Rau muống", "fresh_food"), ("Gà mía thả đồi", "fresh_food"), ("Cá tươi", "fresh_food"), ("Cá rô", "fresh_food"),
    ("Rượu nếp cái hoa vàng", "alcohol"), ("Chè lam gừng", "packaged_food"), ("Trà sen", "packaged_food"), ("Bánh rổ", "packaged_food"),
    ("Mật ong hoa nhãn", "packaged_food"), ("Tương nếp", "packaged_food"), ("Trứng muối", "packaged_food"), ("Cá kho làng Vũ Đại", "packaged_food"),
    ("Gà mía ủ muối", "packaged_food"), ("Măng khô", "packaged_food"), ("Xà phòng bồ kết", "cosmetic"), ("Dầu gội bưởi", "cosmetic"),
    ("Dầu lạc", "packaged_food"), ("Viên nang nghệ", "functional_food"), ("Gà giống", "live_animal"), ("Vé tham quan", "service"),
    ("Ruou nep", "alcohol"), ("Banh gai", "packaged_food"), ("RỔ TRE", "craft"), ("Ro tre", "craft"), ("OCOP Chè lam", "packaged_food"),
    ("Ga Trai Giuong", ""), ("Đặc sản Mông Phụ", ""), ("Set quà Tết", ""), ("Giỏ quà", ""), ("Vải", ""), ("", ""),
])  # fmt: skip
def test_a_name_tells_its_kind_or_nothing(name: str, kind: str) -> None:
    assert guess_kind(name) == kind


def test_the_list_s_own_group_helps_where_the_name_does_not() -> None:
    assert guess_kind("Đặc biệt số 1", "Rượu các loại") == "alcohol"
    assert guess_kind("Rổ tre", "Rượu các loại") == "craft"
