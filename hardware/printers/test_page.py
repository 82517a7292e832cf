"""Pages that show whether a printer is set up right: letters, figures at the edge, stars, codes, the cut."""

from ..slip import Barcode, Cut, Letters, Pair, Qr, Rule, Slip, Stars, Text

TEST_PAGE = Slip(
    (
        Text("Trang in thử", size="large", bold=True, align="center"),
        Text(
            "ă â đ ê ô ơ ư Ă Â Đ Ê Ô Ơ Ư · ấ ầ ẩ ẫ ậ · ắ ằ ẳ ẵ ặ · ế ề ể ễ ệ · ố ồ ổ ỗ ộ · ớ ờ ở ỡ ợ · ứ ừ ử ữ ự"
        ),
        Rule(),
        Pair("Chè lam gừng 250 g", "45.000"),
        Stars("OCOP", 4),
        Rule(),
        Qr("https://example.com/t/thu", "QR"),
        Barcode("PT-1"),
        Cut(),
    )
)
LETTERS_PAGE = Slip((Letters(), Cut()))
