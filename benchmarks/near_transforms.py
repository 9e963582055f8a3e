"""Further copies of drawn photographs: the twelve kinds of the stand-in, and harder ones.

What is made here need not be the same on every machine: it is judged where it is made.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from PIL import Image, ImageFilter, ImageOps

from acne04_standin import variants
from acne04_standin.chance import Chance

_QUALITY, _POOR = 85, 30


def copy_of(picture: Image.Image, kind: str, ordinal: int, chance: Chance) -> bytes:
    """JPEG bytes of a copy of `picture` (mode ``RGB``).

    Parameters
    ----------
    picture : PIL.Image.Image
        The decoded photograph.
    kind : str
        One of `acne04_standin.variants.KINDS` or of `HARDER`.
    ordinal : int
        Copies of one kind with other ordinals have other settings.
    chance : Chance
        Stream that places what has a place.
    """
    if kind in variants.KINDS:
        size = variants.copy_size(kind, ordinal, picture.size)
        return _encode(variants.edit(picture, kind, ordinal, size), variants.quality(kind, ordinal))
    copy = HARDER[kind](picture, ordinal, chance)
    return _encode(copy, _POOR if kind == "JPEG quality 30" else _QUALITY)


def _encode(picture: Image.Image, quality: int) -> bytes:
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=quality)
    return target.getvalue()


def _blurred(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    """Standard deviation of 0.3 to 0.5 % of the longer side."""
    return picture.filter(ImageFilter.GaussianBlur(max(picture.size) * (3 + ordinal % 3) / 1000))


def _turned_3(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    return picture.rotate(-3 if ordinal % 2 else 3, Image.Resampling.BICUBIC)


def _squashed(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    width, height = picture.size
    size = (width * 92 // 100, height) if ordinal % 2 else (width, height * 92 // 100)
    return picture.resize(size, Image.Resampling.BICUBIC)


def _bordered(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    """Five per cent of the longer side on each side, black or white."""
    border = max(picture.size) // 20
    return ImageOps.expand(picture, border, (255, 255, 255) if ordinal % 2 else (0, 0, 0))


def _grey(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    return picture.convert("L")


def _same(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    return picture


def _cropped_and_turned(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    width, height = picture.size
    turned = picture.rotate(-2 if ordinal % 2 else 2, Image.Resampling.BICUBIC)
    wide, high = width * 90 // 100, height * 90 // 100
    left, top = chance.below(width - wide + 1), chance.below(height - high + 1)
    return turned.crop((left, top, left + wide, top + high))


def _inpainted(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    """Smooth skin instead of what was there, in a box of 15 % of the area in the inner part."""
    width, height = picture.size
    wide, high = width * 39 // 100, height * 39 // 100
    left = width // 8 + chance.below(width * 3 // 4 - wide)
    top = height // 8 + chance.below(height * 3 // 4 - high)
    smooth = picture.filter(ImageFilter.BoxBlur(max(wide, high) // 4))
    mask = Image.new("L", picture.size)
    mask.paste(255, (left, top, left + wide, top + high))
    soft = mask.filter(ImageFilter.BoxBlur(max(1, max(picture.size) // 100)))
    return Image.composite(smooth, picture, soft)


def _turned_6(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    return picture.rotate(-6 if ordinal % 2 else 6, Image.Resampling.BICUBIC)


def _cropped_20(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    width, height = picture.size
    wide, high = width * 80 // 100, height * 80 // 100
    left, top = chance.below(width - wide + 1), chance.below(height - high + 1)
    return picture.crop((left, top, left + wide, top + high))


def _tiny(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    """A longer side of 96 pixels."""
    tiny = picture.copy()
    tiny.thumbnail((96, 96), Image.Resampling.BICUBIC)
    return tiny


def _posted(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    """Mirrored, cropped by 10 % and turned, darker, with a border."""
    changed = _cropped_and_turned(ImageOps.mirror(picture), ordinal, chance)
    return _bordered(changed.point([level * 70 // 100 for level in range(256)] * 3), 0, chance)


HARDER: Mapping[str, Callable[[Image.Image, int, Chance], Image.Image]] = {
    "blurred": _blurred,
    "turned-3": _turned_3,
    "squashed 8 %": _squashed,
    "border 5 %": _bordered,
    "grey": _grey,
    "JPEG quality 30": _same,
    "crop 10 % and turned-2": _cropped_and_turned,
    "inpainted 15 %": _inpainted,
    "turned-6": _turned_6,
    "crop 20 %": _cropped_20,
    "long side 96 px": _tiny,
    "mirrored, crop 10 %, turned-2, dark, border": _posted,
}
