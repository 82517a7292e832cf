"""importing/programs.py — lists as other programs of shops export them: what each of their columns is here.

By the templates that KiotViet, Sapo and MISA eShop publish for their products. None of them knows a producer: the brand
stands for it. An address of a picture is never fetched.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..kernel.text import fold_text
from .columns import NOT_READ


@dataclass(frozen=True, slots=True)
class Program:
    """A program, by its name: the headings that tell its list, and the field of each column that matters.

    Others of its columns are passed over. `carried`: fields that a row without them has from the row above.
    """

    name: str
    told_by: tuple[frozenset[str], ...]  # all headings of one of these are there
    fields: dict[str, str]
    patterns: tuple[tuple[str, str], ...] = ()
    carried: tuple[str, ...] = ()

    def find_field(self, heading: str) -> str:
        """The field of a column of this program's list."""
        key = fold_text(heading)
        if key in self.fields:
            return self.fields[key]
        return next((name for pattern, name in self.patterns if re.fullmatch(pattern, key)), NOT_READ)


KIOTVIET = Program(
    "KiotViet",
    (frozenset({"ma hang", "quy doi"}), frozenset({"ma hang", "ton nho nhat"}), frozenset({"ma hang", "duoc ban truc tiep"})),
    {
        "loai hang": "goods_type", "nhom hang 3 cap": "group_words", "nhom hang": "group_words", "ma hang": "sku",
        "ma vach": "barcode", "ten hang hoa": "name_vi", "ten hang": "name_vi", "thuong hieu": "producer_name", "gia ban": "price",
        "gia von": "cost", "ton kho": "quantity", "dvt": "unit", "ma dvt co ban": "other_unit_of", "dang kinh doanh": "is_sold",
        "vi tri": "place", "hinh anh": "picture_address", "thuoc tinh": "variant_words",
    },
    ((r"hinh anh.*", "picture_address"), (r"nhom hang.*", "group_words")),
)  # fmt: skip
SAPO = Program(
    "Sapo",
    (frozenset({"ten san pham", "ma sku", "hinh thuc quan ly san pham"}), frozenset({"ten phien ban san pham", "ma sku"})),
    {
        "ten san pham": "name_vi", "ten phien ban san pham": "variant_name", "loai san pham": "group_words",
        "nhan hieu": "producer_name", "ma sku": "sku", "barcode": "barcode", "anh dai dien": "picture_address", "don vi": "unit",
        "pl gia ban le": "price", "pl gia nhap": "cost",
    },
    ((r"lc cn\d+ ton kho ban dau", "quantity"), (r"lc cn\d+ gia von khoi tao", NOT_READ)),
    carried=("name_vi", "producer_name", "group_words"),
)  # fmt: skip
MISA = Program(
    "MISA eShop",
    (frozenset({"ma sku", "ten hang hoa", "nhom hang hoa"}), frozenset({"ma sku", "ten hang hoa", "don vi tinh", "gia mua"})),
    {
        "ma sku": "sku", "ma vach": "barcode", "ten hang hoa": "name_vi", "nhom hang hoa": "group_words", "don vi tinh": "unit",
        "gia mua": "cost", "gia ban": "price", "ton kho": "quantity", "so luong ton": "quantity", "thuong hieu": "producer_name",
        "trang thai": "is_sold", "vi tri": "place", "loai hang hoa": "goods_type", "tinh chat": "goods_type",
        "la mau ma": "is_model", "thuoc tinh": "variant_words",
    },
    ((r"ton kho (dau ky|ban dau)|ton dau ky", "quantity"), (r"(hinh )?anh.*", "picture_address")),
    carried=("name_vi", "group_words", "unit", "price", "cost", "producer_name"),
)  # fmt: skip
PROGRAMS = (KIOTVIET, SAPO, MISA)


def find_program(headings: Sequence[str]) -> Program | None:
    """The program whose list has these headings; None for a list of somebody's own."""
    keys = {fold_text(heading) for heading in headings}
    return next((each for each in PROGRAMS if any(keys >= told for told in each.told_by)), None)
