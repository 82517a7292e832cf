"""demo/cast.py — producers and goods of the kinds really made around Sơn Tây, with invented makers.

GTINs are of GS1's demonstration range (952). Names are chosen to break layouts, too: one of sixty letters,
one in capitals with stacked accents, two that differ in one accent.
"""

from dataclasses import dataclass

from ..catalog.models import GoodsKind

PRODUCERS = (
    "Hợp tác xã mẫu 01", "Hợp tác xã mẫu 02", "Hộ sản xuất mẫu 03", "Hộ sản xuất mẫu 04", "Hộ sản xuất mẫu 05",
    "Tổ hợp tác mẫu 06", "Hộ sản xuất mẫu 07", "Cơ sở mẫu 08", "Hộ sản xuất mẫu 09", "Hợp tác xã mẫu 10",
    "Cơ sở mẫu 11", "Hộ sản xuất mẫu 12",
    # whose goods may not be sold, each for a reason of its own
    "Hộ mẫu thiếu giấy ATTP", "Hộ mẫu hết hạn ATTP", "Hộ mẫu tạm dừng",
)  # fmt: skip


# Who makes spirits, by their place above; the others have no licence for them.
DISTILLERS = (2, 9)


@dataclass(frozen=True, slots=True)
class CastProduct:
    """A product of the cast. `maker` is its place in PRODUCERS; `days` its shelf life, 0: none stated."""

    name: str
    pack: str
    english: str
    maker: int
    group: str
    kind: GoodsKind
    price_vnd: int
    stars: int
    days: int
    unit: str = "piece"
    coded: bool = True
    box: int = 0
    alcohol_permille: int = 0


def _food(name: str, pack: str, english: str, maker: int, price_vnd: int, stars: int = 4, days: int = 120,
          group: str = "food", box: int = 0) -> CastProduct:  # fmt: skip
    return CastProduct(
        name, pack, english, maker, group, GoodsKind.PACKAGED_FOOD, price_vnd, stars, days, box=box
    )


def _fresh(
    name: str, pack: str, english: str, maker: int, price_vnd: int, stars: int, days: int, unit: str = "piece"
) -> CastProduct:
    return CastProduct(
        name, pack, english, maker, "food", GoodsKind.FRESH_FOOD, price_vnd, stars, days, unit, coded=False
    )


def _craft(name: str, pack: str, english: str, maker: int, price_vnd: int, stars: int = 3) -> CastProduct:
    return CastProduct(name, pack, english, maker, "crafts", GoodsKind.CRAFT, price_vnd, stars, 0)


GOODS = (
    _food("Chè lam gừng", "250 g", "Ginger rice cake", 0, 45_000, box=12),
    _food("Chè lam gừng", "500 g", "Ginger rice cake", 0, 85_000),
    _food("Chè lam mật ong", "250 g", "Honey rice cake", 0, 52_000, 5),
    _food("Chè lam gấc", "250 g", "Gac rice cake", 0, 48_000, 3),
    _food("Chè lam lạc vừng", "250 g", "Peanut and sesame rice cake", 0, 47_000, 3),
    _food("Kẹo lạc", "300 g", "Peanut brittle", 1, 35_000),
    _food("Kẹo dồi", "300 g", "Candy roll with peanuts", 1, 38_000),
    _food("Kẹo vừng", "300 g", "Sesame brittle", 1, 35_000, 3),
    _food("Kẹo vùng", "300 g", "Village candy", 1, 36_000, 3),
    _food("Kẹo dồi lạc hộp quà", "hộp 500 g", "Candy roll, gift box", 1, 75_000),
    _food("Tương nếp", "chai 500 ml", "Glutinous rice soy sauce", 2, 60_000, 3, 365),
    _food("Tương nếp", "chai 250 ml", "Glutinous rice soy sauce", 2, 35_000, 3, 365),
    _food("Tương nếp ủ chum", "chum 1 l", "Jar-aged soy sauce", 2, 140_000, 4, 540),
    _food("Miến dong", "500 g", "Canna noodles", 3, 55_000, 3, 270),
    _food("Bánh gai", "gói 5 chiếc", "Ramie leaf cakes", 3, 40_000, 3, 20),
    _food("BÁNH TẺ NẾP CÁI HOA VÀNG ĐẶC BIỆT", "gói 10 chiếc", "Steamed rice dumplings, special", 3, 90_000, 4, 15),
    _food("Bánh khoai lang mật nướng than hoa nhân đậu xanh cốt dừa Mía", "hộp 12", "Grilled sweet potato cakes", 3, 66_000, 3, 30),
    _food("Gà mía ủ muối", "con 900 g", "Salt-baked Mia chicken", 4, 250_000, 4, 30),
    _food("Giò gà", "500 g", "Chicken sausage", 4, 145_000, 4, 30),
    _food("Ruốc gà mía", "hộp 200 g", "Chicken floss", 4, 120_000, 4, 90),
    _food("Thịt lợn gác bếp", "gói 300 g", "Smoked pork", 5, 185_000, 4, 90),
    _food("Lạp xưởng", "500 g", "Pork sausage", 5, 130_000, 3, 60),
    _food("Mật ong hoa nhãn", "chai 500 ml", "Longan blossom honey", 6, 180_000, 4, 720),
    _food("Mật ong hoa vải", "chai 500 ml", "Lychee blossom honey", 6, 170_000, 3, 720),
    _food("Mật ong sữa chúa", "lọ 250 ml", "Honey with royal jelly", 6, 240_000, 5, 540),
    _food("Trà sen", "hộp 100 g", "Lotus tea", 7, 220_000, 5, 365, "drinks"),
    _food("Trà vối", "gói 200 g", "Voi leaf tea", 7, 45_000, 3, 365, "drinks"),
    _food("Trà nhài", "hộp 100 g", "Jasmine tea", 7, 95_000, 3, 365, "drinks"),
    _food("Nước sấu ngâm đường", "chai 500 ml", "Dracontomelon syrup", 7, 58_000, 3, 180, "drinks"),
    _food("Nước mơ", "chai 500 ml", "Apricot syrup", 7, 60_000, 3, 180, "drinks"),
    CastProduct("Tinh bột nghệ", "lọ 200 g", "Turmeric starch", 8, "herbal", GoodsKind.FUNCTIONAL_FOOD, 160_000, 4, 540),
    CastProduct("Cao gừng", "lọ 150 g", "Ginger extract", 8, "herbal", GoodsKind.FUNCTIONAL_FOOD, 110_000, 3, 540),
    CastProduct("Viên nghệ mật ong", "lọ 100 viên", "Turmeric honey pills", 8, "herbal", GoodsKind.FUNCTIONAL_FOOD, 190_000, 4, 540),
    CastProduct("Dầu gội bồ kết", "chai 300 ml", "Soapberry shampoo", 8, "herbal", GoodsKind.COSMETIC, 95_000, 3, 540),
    CastProduct("Xà bông sả", "bánh 90 g", "Lemongrass soap", 8, "herbal", GoodsKind.COSMETIC, 35_000, 3, 720),
    CastProduct("Rượu nếp cái hoa vàng", "500 ml", "Glutinous rice spirit", 9, "drinks", GoodsKind.ALCOHOL, 120_000, 4, 0, alcohol_permille=295),
    CastProduct("Rượu nếp cẩm", "500 ml", "Black rice wine", 9, "drinks", GoodsKind.ALCOHOL, 110_000, 3, 0, alcohol_permille=140),
    _fresh("Trứng gà mía", "", "Mia hen's eggs", 4, 4_500, 3, 21),
    _fresh("Bánh tẻ nhân thịt", "", "Rice dumpling with pork", 3, 8_000, 3, 3),
    _fresh("Rau cải", "bó", "Mustard greens", 10, 12_000, 3, 2),
    _fresh("Rau muống", "", "Water spinach", 10, 18_000, 3, 2, "kg"),
    _fresh("Cà chua", "", "Tomatoes", 10, 25_000, 3, 5, "kg"),
    _fresh("Khoai lang", "", "Sweet potatoes", 10, 22_000, 3, 14, "kg"),
    _fresh("Kẹo dồi lạc cân", "", "Candy roll by weight", 1, 110_000, 4, 60, "kg"),
    _fresh("Thịt gà mía tươi", "", "Fresh Mia chicken", 4, 165_000, 4, 3, "kg"),
    _craft("Khăn dệt tay", "chiếc", "Hand-woven scarf", 11, 150_000),
    _craft("Túi thổ cẩm", "chiếc", "Woven bag", 11, 210_000),
    _craft("Giỏ mây", "nhỏ", "Small rattan basket", 11, 95_000),
    _craft("Giỏ mây", "lớn", "Large rattan basket", 11, 165_000),
    _craft("Khay tre", "bộ 3", "Bamboo trays", 11, 185_000),
    _craft("Bình gốm", "cao 25 cm", "Pottery vase", 11, 320_000, 4),
    _craft("Bộ chén gốm", "bộ 6", "Pottery cups", 11, 280_000, 4),
    _craft("Tranh cổng làng", "30 × 40 cm", "Picture of the village gate", 11, 350_000),
    _craft("Hộp gỗ khảm", "nhỏ", "Inlaid wooden box", 11, 260_000, 5),
    _craft("Đĩa gỗ", "chiếc", "Wooden plate", 11, 120_000),
    _food("Set quà làng cổ", "3 món", "Old village gift set", 0, 250_000, 4, 90, "sets"),
    _food("Set quà Tết", "5 món", "New Year gift set", 0, 480_000, 4, 90, "sets"),
    CastProduct("Vé trải nghiệm làm chè lam", "", "Ticket: make your own rice cake", 0, "tourism", GoodsKind.SERVICE, 80_000, 3, 0, coded=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InadmissibleProduct:
    """Goods that the gate refuses, for the code it is named after."""

    code: str
    role: CastProduct


def _inadmissible(code: str, name: str, maker: int = 3, kind: GoodsKind = GoodsKind.PACKAGED_FOOD, stars: int = 3, days: int = 200,
         group: str = "food", alcohol_permille: int = 0) -> InadmissibleProduct:  # fmt: skip
    return InadmissibleProduct(
        code,
        CastProduct(
            name, "200 g", "", maker, group, kind, 40_000, stars, days, alcohol_permille=alcohol_permille
        ),
    )


MISFITS = (
    _inadmissible("no_certificate", "Bánh đa vừng"),
    _inadmissible("too_few_stars", "Bánh rán mật"),
    _inadmissible("certificate_ended", "Kẹo gừng"),
    _inadmissible("certificate_not_yet", "Bánh cốm"),
    _inadmissible("certificate_revoked", "Ô mai sấu"),
    _inadmissible("certificate_other_product", "Bánh chưng"),
    _inadmissible("class_not_admitted", "Chả quế"),
    _inadmissible("no_food_safety", "Dưa muối", 12),
    _inadmissible("food_safety_ended", "Cà pháo muối", 13),
    _inadmissible("no_declaration", "Lạc rang muối"),
    _inadmissible("no_licence", "Rượu mơ", 2, GoodsKind.ALCOHOL, group="drinks", alcohol_permille=180),
    _inadmissible("banned", "Pháo đất", 11, GoodsKind.CRAFT, days=0, group="crafts"),
    _inadmissible("label_incomplete", "Mứt bí"),
    _inadmissible("no_lot", "Mứt gừng"),
    _inadmissible("no_origin", "Bột sắn dây"),
    _inadmissible("trace_broken", "Hạt sen sấy"),
    _inadmissible("expired", "Bánh phu thê"),
    _inadmissible("no_expiry", "Chuối sấy"),
    _inadmissible("recalled", "Nem chua"),
    _inadmissible("no_price", "Mứt dừa"),
    _inadmissible("not_shelf_price", "Bỏng gạo"),
    _inadmissible("not_on_hand", "Măng khô"),
    _inadmissible("wrong_zone", "Nấm hương"),
    _inadmissible("producer_suspended", "Tỏi đen", 14),
)
UNKNOWN_CODE = "9520000999996"
