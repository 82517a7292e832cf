"""importing/kinds.py — what kind of goods a name names, by the first word in it that tells. A guess, for people to confirm.

Words are compared with their accents: 'rổ' is a basket, 'rô' a fish. A name that was written without any is compared
without them, by the words that are still plain then.
"""

from itertools import pairwise

from ..catalog.models import GoodsKind
from ..kernel.text import fold_text, normalize_text, remove_accents

# By kind: words and pairs of words that goods of it are named by, as they are written.
WORDS: dict[GoodsKind, str] = {
    GoodsKind.PACKAGED_FOOD: (
        "chè, trà, bánh, kẹo, mứt, mật ong, mật, tương, miến, bún, phở, mì, mỳ, giò, chả, nem, ruốc, chà bông, xúc xích, lạp xưởng, "
        "nước mắm, mắm, muối, đường, gạo, bột, tinh bột, cà phê, cafe, ca cao, cacao, sô cô la, socola, sữa, sữa chua, siro, si rô, "
        "nước, nước ép, nước cốt, giấm, dấm, dầu, ô mai, hạt, bơ lạc, bơ, snack, cốm, thạch, men, gia vị, sa tế, tương ớt, ngũ cốc, "
        "yến mạch, bỏng, cháo, xôi, oản, kẹo lạc, vừng, mè, lạc rang, kim chi, dưa muối, cà muối, tỏi đen, nhân, đông trùng, long nhãn, "
        "trân châu, bánh tráng, rong biển, tóp mỡ, thính, mắc khén, hạt dổi, tiêu, nụ vối, lá vối, mì chính, tinh nghệ, bột nghệ"
    ),
    GoodsKind.FRESH_FOOD: (
        "trứng, rau, củ, quả, thịt, gà, vịt, ngan, lợn, heo, bò, trâu, dê, cá, tôm, cua, ốc, mực, lươn, ếch, cà chua, dưa chuột, dưa leo, "
        "dưa hấu, dưa lưới, bí, bầu, mướp, su hào, bắp cải, cải, hành, tỏi, gừng, nghệ, khoai, sắn, ngô, bắp, cam, bưởi, quýt, ổi, táo, chuối, "
        "xoài, nhãn, vải thiều, na, mít, đu đủ, thanh long, dứa, sấu, chanh, mận, lê, nho, nấm, măng, giá đỗ, đậu phụ, đậu hũ, bún tươi, "
        "mía, lạc tươi, hồng xiêm, dâu tây, ớt, sả, chim bồ câu, thỏ, hải sản, nội tạng, rươi, hàu, nghêu, ngao"
    ),
    GoodsKind.ALCOHOL: "rượu, bia, vang, cồn",
    GoodsKind.CRAFT: (
        "rổ, rá, giỏ, nón, khăn, gốm, sứ, nia, mẹt, thúng, mành, chiếu, tranh, tượng, túi, lụa, áo, váy, mây tre, tre, đồ gỗ, bình gốm, "
        "bình hoa, lọ hoa, bát, đĩa, ấm, chén, ấm chén, thổ cẩm, thảm, quạt, đèn lồng, đèn, diều, trống, tò he, ví, dép, guốc, hoa giấy, "
        "cây cảnh, bonsai, chậu, hoa lan, lan, lược, vòng, hộp sơn mài, sơn mài, đồ chơi, búp bê, móc khóa, móc khoá, chổi, thìa, đũa, vải lanh, "
        "vải lụa, gùi, lẵng, lồng bàn, thớt, trâm, nón lá, mô hình, đá cảnh, đồ đồng, đồ lưu niệm, sáo"
    ),
    GoodsKind.COSMETIC: (
        "xà phòng, xà bông, dầu gội, dầu xả, sữa tắm, sữa rửa mặt, kem dưỡng, kem chống nắng, son, nước hoa, serum, mặt nạ, tinh dầu, "
        "muối ngâm chân, muối tắm, nước gội, nước tắm, gel, lăn khử mùi, kem, phấn, bồ kết gội"
    ),
    GoodsKind.FUNCTIONAL_FOOD: (
        "thực phẩm chức năng, thực phẩm bảo vệ, viên nang, viên uống, viên hoàn, viên sủi, viên, tpcn, tpbvsk"
    ),
    GoodsKind.LIVE_ANIMAL: "gà giống, vịt giống, lợn giống, cá giống, cá cảnh, chim cảnh, ong giống, con giống",
    GoodsKind.SERVICE: "vé, tour, dịch vụ, homestay, trải nghiệm",
}  # fmt: skip
# What stands behind a fresh thing's name makes it no fresh thing any more: trứng muối, cá kho, gà ủ muối.
_WORKED = frozenset({
    "muối", "ủ", "khô", "sấy", "kho", "rim", "ngâm", "dưa", "hộp", "hun", "khói", "rang", "chiên", "nướng", "luộc", "viên", "bột", "đen", "xay", "hấp", "một_nắng", "gác_bếp", "lam", "ruốc", "chà_bông", "đóng",
})  # fmt: skip
# Without accents these are other words as well.
_UNCLEAR_BARE = frozenset({
    "ga", "ca", "bo", "de", "gio", "non", "ro", "na", "vai", "lan", "la", "muc", "mat", "dau", "nuoc", "muoi", "bi", "ngo", "cua", "oc", "chen", "dia", "ao", "vi", "den", "bau", "mo", "ve", "son", "vang", "bun", "be", "con", "kem", "me", "tre", "quat",
})  # fmt: skip
_LONGEST = 3


def _split_words(texts: dict[GoodsKind, str]) -> dict[str, GoodsKind]:
    return {phrase.strip(): kind for kind, text in texts.items() for phrase in text.split(",")}


_BY_PHRASE = _split_words(WORDS)


def _strip_accents(by_phrase: dict[str, GoodsKind]) -> dict[str, GoodsKind]:
    """The same without accents, of the phrases that then still mean one kind."""
    kinds: dict[str, set[GoodsKind]] = {}
    for phrase, kind in by_phrase.items():
        kinds.setdefault(fold_text(phrase), set()).add(kind)
    return {
        bare: min(found) for bare, found in kinds.items() if len(found) == 1 and bare not in _UNCLEAR_BARE
    }


_BY_BARE_PHRASE = _BY_PHRASE | _strip_accents(_BY_PHRASE)


def guess_kind(name: str, hint: str = "") -> str:
    """The kind that a name, or else the group that its list puts it in (`hint`), tells of; "" where neither does."""
    return _find_kind(name) or (_find_kind(hint) if hint else "")


def _find_kind(name: str) -> str:
    words = "".join(c if c.isalnum() else " " for c in normalize_text(name).lower()).split()
    bare = remove_accents(" ".join(words)) == " ".join(words)
    known = _BY_BARE_PHRASE if bare else _BY_PHRASE
    if words[:1] in (["set"], ["combo"]) or words[:2] in (
        ["giỏ", "quà"],
        ["hộp", "quà"],
        ["gio", "qua"],
        ["hop", "qua"],
    ):
        return ""  # a gift set is made of the shop's own goods
    for at in range(len(words)):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            kind = known.get(" ".join(words[at : at + length]))
            if kind is not None:
                return _turn_worked(kind, words[at + length :]).value
    return ""


def _turn_worked(kind: GoodsKind, rest: list[str]) -> GoodsKind:
    pairs = {"_".join(pair) for pair in pairwise(rest)}
    is_worked = kind is GoodsKind.FRESH_FOOD and bool(_WORKED & ({*rest} | pairs))
    return GoodsKind.PACKAGED_FOOD if is_worked else kind


GROUP_OF_KIND = {
    GoodsKind.ALCOHOL.value: "drinks", GoodsKind.CRAFT.value: "crafts", GoodsKind.COSMETIC.value: "herbal",
    GoodsKind.LIVE_ANIMAL.value: "ornamental", GoodsKind.SERVICE.value: "tourism",
}  # fmt: skip
