"""Further copies of drawn photographs: the twelve kinds of the stand-in, and harder ones.

What is made here need not be the same on every machine: it is judged where it is made.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

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


def _captioned(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    """A white bar with text over 5 to 8 % of the height, added at the bottom or at the top."""
    width, height = picture.size
    bar = max(6, height * chance.between(50, 80) // 1000)
    framed = Image.new("RGB", (width, height + bar), (255, 255, 255))
    is_above = ordinal % 2
    framed.paste(picture, (0, bar if is_above else 0))
    top = 0 if is_above else height
    _write(
        framed,
        "moderate acne, left cheek",
        (width // 20, top + bar // 5),
        bar * 3 // 5,
        (20, 20, 20),
    )
    return framed


def _watermarked(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    """White or black, 25 to 40 % opaque, five heights of a letter from line to line."""
    return _marked(picture, ordinal, 5, chance.between(64, 102))


def _watermarked_densely(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    """White or black, 35 to 50 % opaque, three heights of a letter from line to line."""
    return _marked(picture, ordinal, 3, chance.between(90, 128))


def _marked(picture: Image.Image, ordinal: int, apart: int, opaque: int) -> Image.Image:
    """Text all across the picture, turned by 30 degrees, `opaque` of 255."""
    width, height = picture.size
    side, size = max(width, height) * 2, max(8, height // 14)
    mask = Image.new("L", (side, side))
    for line, top in enumerate(range(0, side, size * apart)):
        _write(mask, "ACNE ATLAS  (c) 2019   " * 12, (-(line % 2) * size * 3, top), size, opaque)
    turned = mask.rotate(30, Image.Resampling.BICUBIC)
    left, top = (side - width) // 2, (side - height) // 2
    marked = picture.copy()
    ink = (255, 255, 255) if ordinal % 2 else (0, 0, 0)
    marked.paste(ink, mask=turned.crop((left, top, left + width, top + height)))
    return marked


def _screenshot(picture: Image.Image, ordinal: int, chance: Chance) -> Image.Image:
    """On a phone that is held as the picture is, with status bar and navigation bar.

    The status bar is above; the navigation bar is below, or on the right of a phone held
    lengthwise. Their sizes are those of Android: 24 and 48 parts of a screen 360 wide and 640 long.
    """
    paper, ink = ((250, 250, 250), (30, 30, 30)) if ordinal % 2 else ((18, 18, 18), (230, 230, 230))
    is_upright = picture.height >= picture.width
    wide = chance.between(360, 480) if max(picture.size) < 1000 else chance.between(720, 1080)
    high = wide * picture.height // picture.width
    status, navigation = (
        (wide if is_upright else high) // 15,
        wide * 2 // (15 if is_upright else 27),
    )
    right, below = (0, navigation) if is_upright else (navigation, 0)
    screen = Image.new("RGB", (wide + right, high + status + below), paper)
    screen.paste(picture.resize((wide, high), Image.Resampling.BICUBIC), (0, status))
    _write(screen, "12:47", (wide // 25, status // 4), status // 2, ink)
    pen, reach = ImageDraw.Draw(screen), navigation // 6
    pen.rectangle((wide - wide // 10, status // 3, wide - wide // 25, status * 2 // 3), fill=ink)
    for place in (1, 2, 3):
        x, y = wide * place // 4, status + high + navigation // 2
        if not is_upright:
            x, y = wide + navigation // 2, status + high * place // 4
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline=ink, width=2)
    return screen


def _write(
    picture: Image.Image, text: str, at: tuple[int, int], size: int, ink: int | tuple[int, int, int]
) -> None:
    ImageDraw.Draw(picture).text(at, text, fill=ink, font=ImageFont.load_default(size))


HARDER: Mapping[str, Callable[[Image.Image, int, Chance], Image.Image]] = {
    "blurred": _blurred,
    "turned-3": _turned_3,
    "squashed 8 %": _squashed,
    "border 5 %": _bordered,
    "grey": _grey,
    "JPEG quality 30": _same,
    "crop 10 % and turned-2": _cropped_and_turned,
    "inpainted 15 %": _inpainted,
    "caption bar": _captioned,
    "watermark": _watermarked,
    "watermark, dense": _watermarked_densely,
    "screenshot": _screenshot,
    "turned-6": _turned_6,
    "crop 20 %": _cropped_20,
    "long side 96 px": _tiny,
    "mirrored, crop 10 %, turned-2, dark, border": _posted,
}
