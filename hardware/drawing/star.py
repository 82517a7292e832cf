"""A five-pointed star, because few fonts have one."""

from math import cos, pi, sin


def star_corners(x: float, y: float, side: float) -> list[tuple[float, float]]:
    """The ten corners of a five-pointed star within the square at (x, y)."""
    middle, outer = side / 2, side / 2
    return [
        (
            x + middle + (outer if n % 2 == 0 else outer * 0.4) * sin(n * pi / 5),
            y + middle - (outer if n % 2 == 0 else outer * 0.4) * cos(n * pi / 5),
        )
        for n in range(10)
    ]
