"""Small curves as one SVG: the share of pictures read against how bad each trouble is."""

from xml.sax.saxutils import escape

COLOURS = {"pipeline": "#A4432A", "pyzbar": "#8A5800", "zxing-cpp": "#2F6B3A"}
DASHES = {"pipeline": "", "pyzbar": "6 4", "zxing-cpp": "2 3"}
WIDE, TALL, GAP, COLUMNS = 200, 110, 58, 4


def curves(rates: dict[str, dict[str, list[float]]]) -> str:
    """A small chart a trouble, the decoders in each; told apart by colour and by dash."""
    rows = -(-len(rates) // COLUMNS)
    width, height = COLUMNS * (WIDE + GAP) + GAP, rows * (TALL + GAP) + GAP + 20
    charts = [
        _chart(trouble, by_decoder, *divmod(n, COLUMNS)[::-1])
        for n, (trouble, by_decoder) in enumerate(rates.items())
    ]
    legend = "".join(
        f'<line x1="{GAP + n * 150}" x2="{GAP + n * 150 + 30}" y1="{height - 16}" y2="{height - 16}" stroke="{colour}" '
        f'stroke-width="3" stroke-dasharray="{DASHES[name]}"/><text x="{GAP + n * 150 + 38}" y="{height - 11}">{name}</text>'
        for n, (name, colour) in enumerate(COLOURS.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13" fill="#2B2320">'
        f'<rect width="100%" height="100%" fill="#FBF7F0"/>{"".join(charts)}{legend}</svg>\n'
    )


def _chart(trouble: str, by_decoder: dict[str, list[float]], column: int, row: int) -> str:
    left, top = GAP + column * (WIDE + GAP), GAP + row * (TALL + GAP)
    lines = "".join(
        f'<polyline fill="none" stroke="{COLOURS[name]}" stroke-width="2.5" stroke-dasharray="{DASHES[name]}" points="{_points(shares, left, top)}"/>'
        for name, shares in by_decoder.items()
    )
    return (
        f'<text x="{left}" y="{top - 8}" font-weight="bold">{escape(trouble)}</text>'
        f'<rect x="{left}" y="{top}" width="{WIDE}" height="{TALL}" fill="#fff" stroke="#E5DCCF"/>'
        f'<text x="{left - 6}" y="{top + 12}" text-anchor="end">100 %</text><text x="{left - 6}" y="{top + TALL}" text-anchor="end">0</text>{lines}'
    )


def _points(shares: list[float], left: int, top: int) -> str:
    step = WIDE / (len(shares) - 1)
    return " ".join(
        f"{left + n * step:.1f},{top + TALL - share * TALL:.1f}" for n, share in enumerate(shares)
    )
