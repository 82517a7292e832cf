"""kernel/amount_words.py — a sum of đồng in Vietnamese words, as receipt and payment vouchers have it."""

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
SCALES = ("", "nghìn", "triệu")
BILLION = 1_000_000_000


def spell_vnd(amount_vnd: int) -> str:
    """1250000 → 'Một triệu hai trăm năm mươi nghìn đồng'. Raises ValueError below 0."""
    if amount_vnd < 0:
        raise ValueError("a voucher's amount is never below 0")
    words = _spell_number(amount_vnd) or DIGITS[0]
    return f"{words[0].upper()}{words[1:]} đồng"


def _spell_number(number: int, *, has_more: bool = False) -> str:
    """'' for 0. `has_more`: larger figures stand before, so that missing hundreds are said."""
    if number >= BILLION:
        whole, rest = divmod(number, BILLION)
        return " ".join(
            filter(None, (_spell_number(whole, has_more=has_more), "tỷ", _spell_number(rest, has_more=True)))
        )
    parts: list[str] = []
    for power in (2, 1, 0):
        group = number // 1000**power % 1000
        if group:
            parts += [_spell_group(group, has_more=has_more or bool(parts)), SCALES[power]]
    return " ".join(filter(None, parts))


def _spell_group(group: int, *, has_more: bool) -> str:
    """Three figures: 'hai trăm linh năm', 'hai mươi mốt', 'mười lăm'."""
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    words = [DIGITS[hundreds], "trăm"] if hundreds or has_more else []
    if tens > 1:
        words += [DIGITS[tens], "mươi"]
    elif tens == 1:
        words.append("mười")
    elif ones and words:
        words.append("linh")
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 5 and tens:
        words.append("lăm")
    elif ones:
        words.append(DIGITS[ones])
    return " ".join(words)
