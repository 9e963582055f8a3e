"""The picture of an image with its circles, its boxes, and a caption below it.

As the authors of Acne04-v2 draw it: their circles in blue, the annotation of ACNE04 in green
(https://github.com/AIpourlapeau/acne04v2). What is what shows by its form, too; both have a dark
border, for skin of any colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from PIL import Image, ImageDraw, ImageFont

from acne04.samples.sample import Box, Circle

#: Pixels of the shorter side from which on a picture is not enlarged.
LEAST_SIDE = 900
CIRCLES, BOXES = (90, 190, 255), (90, 235, 110)
_BORDER, _PAPER, _INK = (20, 20, 20), (255, 255, 255), (20, 20, 20)
#: Of the picture's width: a line of the caption. Of the shorter side: a drawn line.
_TEXT_SHARE, _LINE_SHARE = 1 / 42, 1 / 600
_SMALLEST_TEXT = 8

Key = Literal["circle", "box", ""]


@dataclass(frozen=True)
class CaptionLine:
    """A line below the picture, after the sign of what it tells about, if it has one."""

    text: str
    key: Key = ""


def annotated_picture(
    image: Image.Image,
    boxes: tuple[Box, ...],
    circles: tuple[Circle, ...],
    caption: tuple[CaptionLine, ...],
) -> Image.Image:
    """Draw on an upright image, enlarged by an integer if it is small.

    What crosses the border is cut off there; the caption has its own room below.
    """
    factor = -(-LEAST_SIDE // min(image.size)) if min(image.size) < LEAST_SIDE else 1
    width, height = (side * factor for side in image.size)
    large = image.resize((width, height), Image.Resampling.BICUBIC) if factor > 1 else image.copy()
    line = max(1, round(min(width, height) * _LINE_SHARE))
    draw = ImageDraw.Draw(large)
    # Of an enlarged image the pixel k is from k to k + 1.
    for box in boxes:
        borders = [factor * side for side in (box.xmin, box.ymin, box.xmax, box.ymax)]
        _box(draw, [*map(min, zip(borders[:2], borders[2:], strict=True)),
                    *map(max, zip(borders[:2], borders[2:], strict=True))], line)  # fmt: skip
    for circle in circles:
        x, y = factor * circle.photo_x, factor * circle.photo_y
        across, down = factor * circle.photo_radius_x, factor * circle.photo_radius_y
        _ellipse(draw, (x - across, y - down, x + across, y + down), line)
    return _captioned(large, caption)


def _ellipse(
    draw: ImageDraw.ImageDraw, within: tuple[float, float, float, float], line: int
) -> None:
    left, upper, right, lower = within
    # Pillow draws a line inside of its box.
    draw.ellipse((left - 2 * line, upper - 2 * line, right + 2 * line, lower + 2 * line),
                 outline=_BORDER, width=3 * line)  # fmt: skip
    draw.ellipse((left - line, upper - line, right + line, lower + line),
                 outline=CIRCLES, width=line)  # fmt: skip


def _box(draw: ImageDraw.ImageDraw, borders: list[float], line: int) -> None:
    left, upper, right, lower = borders
    draw.rectangle((left - 2 * line, upper - 2 * line, right + 2 * line, lower + 2 * line),
                   outline=_BORDER, width=3 * line)  # fmt: skip
    draw.rectangle((left - line, upper - line, right + line, lower + line),
                   outline=BOXES, width=line)  # fmt: skip


def _captioned(picture: Image.Image, caption: tuple[CaptionLine, ...]) -> Image.Image:
    """Put the lines below the picture, as large as the longest one lets them be."""
    width, height = picture.size
    size = round(width * _TEXT_SHARE)
    while size > _SMALLEST_TEXT and _widest(caption, size) > width - size:
        size -= 1
    step = round(size * 1.5)
    whole = Image.new("RGB", (width, height + len(caption) * step + size), _PAPER)
    whole.paste(picture)
    draw = ImageDraw.Draw(whole)
    line = max(1, size // 8)
    for number, words in enumerate(caption):
        left, upper = size // 2, height + size // 2 + number * step
        if words.key:
            sign = (left, upper + size * 0.1, left + size * 0.9, upper + size)
            if words.key == "circle":
                draw.ellipse(sign, outline=CIRCLES, width=2 * line)
            else:
                draw.rectangle(sign, outline=BOXES, width=2 * line)
            left += round(size * 1.4)
        draw.text((left, upper), words.text, _INK, _font(size))
    return whole


def _widest(caption: tuple[CaptionLine, ...], size: int) -> float:
    return max(
        (_font(size).getlength(words.text) + (size * 1.4 if words.key else 0) for words in caption),
        default=0,
    )


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own font, without the shaping of text that only some machines have."""
    font = cast("ImageFont.FreeTypeFont", ImageFont.load_default(size))
    return font.font_variant(layout_engine=ImageFont.Layout.BASIC)
