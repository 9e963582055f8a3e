"""The kinds of near-duplicate: what each does to the frame, to a place, and to a picture.

All maps are affine with coefficients in 65536ths. Pillow's bilinear transform computes them in
double precision; with coefficients of that form every product and sum is exact (at most 42 of
53 bits), so that the bytes do not depend on the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

from PIL import Image

from acne04_standin.figures import Size

ONE = 1 << 16
#: Sine and cosine of two degrees.
SINE_2, COSINE_2 = 2287, 65496

KINDS = (
    "re-encoded",
    "resized",
    "brightness",
    "mirrored",
    "turned-90",
    "turned-2",
    "crop-2-centre",
    "crop-5-centre",
    "crop-10-centre",
    "crop-2-corner",
    "crop-5-corner",
    "crop-10-corner",
)
# Each copy of a kind takes the next of these; the first is what the default corpus shows.
_QUALITIES = (62, 48, 75, 55, 82, 40)
_RATIOS = ((1, 2), (3, 4), (2, 3), (2, 5))
_PERCENTS = (78, 125, 62, 145, 88)
_CORNERS = ("top-left", "bottom-right", "top-right", "bottom-left")

Setting = dict[str, int | str]


def setting(kind: str, ordinal: int) -> Setting:
    """Parameters of the `ordinal`-th copy of a kind, as `truth.json` states them.

    >>> setting("crop-5-corner", 1)
    {'percent': 5, 'keeps': 'bottom-right'}
    """
    if kind == "resized":
        numerator, denominator = _RATIOS[ordinal % len(_RATIOS)]
        return {"numerator": numerator, "denominator": denominator}
    if kind == "brightness":
        return {"percent": _PERCENTS[ordinal % len(_PERCENTS)]}
    if kind in ("turned-90", "turned-2"):
        return {"degrees": int(kind[7:]) * (-1 if ordinal % 2 else 1)}
    if kind.startswith("crop"):
        _, percent, where = kind.split("-")
        keeps = "centre" if where == "centre" else _CORNERS[ordinal % len(_CORNERS)]
        return {"percent": int(percent), "keeps": keeps}
    return {}


def quality(kind: str, ordinal: int) -> int:
    """JPEG quality of the copy."""
    return _QUALITIES[ordinal % len(_QUALITIES)] if kind == "re-encoded" else 88


def copy_size(kind: str, ordinal: int, size: Size) -> Size:
    """Size of a copy whose frame follows its kind.

    >>> copy_size("crop-2-centre", 0, (3112, 3456)), copy_size("turned-90", 0, (3112, 3456))
    ((3050, 3387), (3456, 3112))
    """
    width, height = size
    values = setting(kind, ordinal)
    if kind == "resized":
        numerator, denominator = int(values["numerator"]), int(values["denominator"])
        return width * numerator // denominator, height * numerator // denominator
    if kind == "turned-90":
        return height, width
    if kind.startswith("crop"):
        kept = 100 - int(values["percent"])
        return (width * kept + 50) // 100, (height * kept + 50) // 100
    return size


@dataclass(frozen=True)
class Affine:
    """Map of places in the copy to places in the original, in 65536ths of a pixel.

    ``x = a * X + b * Y + c`` and ``y = d * X + e * Y + f``.
    """

    a: int
    b: int
    c: int
    d: int
    e: int
    f: int

    def to_copy(self, x: int, y: int) -> tuple[int, int]:
        """Pixel of the copy that shows pixel (`x`, `y`) of the original (inverse map)."""
        across, down = (2 * x + 1) * ONE - 2 * self.c, (2 * y + 1) * ONE - 2 * self.f
        determinant = 2 * (self.a * self.e - self.b * self.d)
        return (
            (self.e * across - self.b * down) // determinant,
            (self.a * down - self.d * across) // determinant,
        )

    def length(self, radius: int) -> int:
        """Radius in the copy, at least 1."""
        side = isqrt(abs(self.a * self.e - self.b * self.d))
        return max(1, (radius * ONE + side // 2) // side)


def affine(kind: str, ordinal: int, original: Size, copy: Size) -> Affine:
    """Map from the frame of the copy into the frame of the original, both in drawn pixels."""
    (width, height), (wide, high) = original, copy
    values = setting(kind, ordinal)
    if kind == "mirrored":
        return Affine(-ONE, 0, width * ONE, 0, ONE, 0)
    if kind == "turned-90":
        if int(values["degrees"]) > 0:  # counter-clockwise
            return Affine(0, -ONE, width * ONE, ONE, 0, 0)
        return Affine(0, ONE, 0, -ONE, 0, height * ONE)
    if kind == "turned-2":
        sine = SINE_2 if int(values["degrees"]) > 0 else -SINE_2
        return Affine(
            COSINE_2,
            -sine,
            (width * ONE - width * COSINE_2 + height * sine) // 2,
            sine,
            COSINE_2,
            (height * ONE - width * sine - height * COSINE_2) // 2,
        )
    if kind.startswith("crop"):
        if original == copy:  # scaled back to the frame
            kept_wide, kept_high = copy_size(kind, ordinal, original)
        else:
            kept_wide, kept_high = copy
        left, top = _offset(str(values["keeps"]), width - kept_wide, height - kept_high)
        return Affine(kept_wide * ONE // wide, 0, left * ONE, 0, kept_high * ONE // high, top * ONE)
    return Affine(width * ONE // wide, 0, 0, 0, height * ONE // high, 0)


def _offset(keeps: str, spare_wide: int, spare_high: int) -> tuple[int, int]:
    if keeps == "centre":
        return spare_wide // 2, spare_high // 2
    return spare_wide * ("right" in keeps), spare_high * ("bottom" in keeps)


def edit(picture: Image.Image, kind: str, ordinal: int, copy: Size) -> Image.Image:
    """Picture of the copy, RGB, of size `copy`."""
    values = setting(kind, ordinal)
    if kind == "re-encoded":
        return picture
    if kind == "brightness":
        percent = int(values["percent"])
        return picture.point([min(255, level * percent // 100) for level in range(256)] * 3)
    if kind == "mirrored":
        return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if kind == "turned-90":
        left = int(values["degrees"]) > 0
        return picture.transpose(Image.Transpose.ROTATE_90 if left else Image.Transpose.ROTATE_270)
    turned = affine(kind, ordinal, picture.size, copy)
    coefficients = (turned.a, turned.b, turned.c, turned.d, turned.e, turned.f)
    return picture.transform(
        copy,
        Image.Transform.AFFINE,
        tuple(value / ONE for value in coefficients),
        Image.Resampling.BILINEAR,
    )
