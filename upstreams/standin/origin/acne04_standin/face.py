"""Draws half a face: recognisably a drawing, with what an algorithm can hold on to."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter

from acne04_standin import anatomy
from acne04_standin.anatomy import Colour, between, times
from acne04_standin.blemishes import draw_lesions, draw_spots
from acne04_standin.chance import Chance
from acne04_standin.grain import add_grain
from acne04_standin.lesions import Lesion
from acne04_standin.person import Person
from acne04_standin.pose import FINE, Pose
from acne04_standin.raster import Point, filled, smooth
from acne04_standin.shading import coarse_factor, draw_cloth, draw_skin
from acne04_standin.style import Style

_PARTS = 7
_PARABOLA = [((_PARTS - t) ** 2, 2 * t * (_PARTS - t), t * t) for t in range(_PARTS + 1)]
_LIP: Colour = (150, 62, 62)
_WHITE: Colour = (226, 218, 210)


def draw_face(
    person: Person, pose: Pose, lesions: Sequence[Lesion], style: Style, chance: Chance
) -> Image.Image:
    """Draw a photograph: mode ``RGB``, the size of the pose's frame.

    Parameters
    ----------
    person : Person
        Who is depicted.
    pose : Pose
        How the face lies in the frame.
    lesions : sequence of Lesion
        In drawn pixels.
    style : Style
        Of the corpus.
    chance : Chance
        Stream of this photograph: light, cloth, strands of hair, grain.
    """
    sketch = _Sketch(draw_cloth(pose, style, chance), person, pose)
    skin = draw_skin(person.skin, pose, style, chance)
    sketch.area(anatomy.HAIR_BEHIND, times(person.hair, 80), 2)
    sketch.area(anatomy.NECK, skin.point([level * 64 // 100 for level in range(256)] * 3))
    garment = chance.pick(style.cotton)
    slip = (chance.between(-500, 500), chance.between(-280, 480))
    if all(lesion.y + lesion.radius <= pose.frame[1] for lesion in lesions):
        sketch.area(anatomy.GARMENT, garment, 2, shift=slip)
    if person.long_hair:
        sketch.area(anatomy.HAIR_LONG, times(person.hair, 88), 2)
    sketch.area(anatomy.HEAD, skin)
    _draw_features(sketch)
    sketch.area(anatomy.HAIR_FRONT, person.hair, 2, shift=(-person.hairline, 0))
    _draw_strands(sketch, style, chance)
    _draw_ear(sketch, skin)
    if chance.below(3) == 0:
        sketch.area(anatomy.HEADBAND, chance.pick(style.cotton), shift=(-person.hairline // 2, 0))
    draw_spots(sketch.picture, person, pose)
    draw_lesions(sketch.picture, lesions, person.skin, style)
    return add_grain(sketch.picture, coarse_factor(pose), style, chance)


class _Sketch:
    """A picture on which outlines of the canvas are painted."""

    def __init__(self, picture: Image.Image, person: Person, pose: Pose) -> None:
        self.picture, self.person, self.pose = picture, person, pose

    def area(
        self,
        outline: Sequence[Point],
        paint: Colour | Image.Image,
        blur: int = 1,
        strength: int = 255,
        shift: Point = (0, 0),
        steady: int = 1,
    ) -> None:
        """Fill an outline of the canvas.

        `paint` is a colour or a picture of the frame's size; the rim is blurred by `blur` coarse
        steps, the shape of the person counts a `steady`-th.
        """
        curve = smooth(self.places(outline, shift, steady))
        width, height = self.picture.size
        soft = blur * max(1, coarse_factor(self.pose) // 8)
        left, top = (max(0, min(p[axis] for p in curve) // FINE - 2 * soft) for axis in (0, 1))
        right = min(width, max(x for x, _ in curve) // FINE + 2 * soft + 1)
        bottom = min(height, max(y for _, y in curve) // FINE + 2 * soft + 1)
        if right <= left or bottom <= top:
            return
        moved = [(x - left * FINE, y - top * FINE) for x, y in curve]
        mask = filled((right - left, bottom - top), moved, FINE)
        mask = mask.filter(ImageFilter.BoxBlur(soft))
        if strength < 255:
            mask = mask.point([level * strength // 255 for level in range(256)])
        box = (left, top, right, bottom)
        self.picture.paste(paint if isinstance(paint, tuple) else paint.crop(box), box, mask)

    def places(self, outline: Sequence[Point], shift: Point, steady: int) -> list[Point]:
        """Control points in the frame, in `FINE` parts of a pixel."""
        shape = self.person.shape
        return [
            self.pose.place(
                u + shift[0] + shape[i % len(shape)][0] // steady,
                v + shift[1] + shape[i % len(shape)][1] // steady,
            )
            for i, (u, v) in enumerate(outline)
        ]

    def disc(self, u: int, v: int, radius: int, colour: Colour) -> None:
        """Fill a circle."""
        x, y = self.pose.pixel(u, v)
        reach = self.pose.length(radius)
        box = (x - reach, y - reach, x + reach, y + reach)
        ImageDraw.Draw(self.picture).ellipse(box, fill=colour)

    def line(self, points: Sequence[Point], colour: Colour, units: int) -> None:
        """Draw through places of the canvas, `units` thick (side by side thin lines)."""
        pen = ImageDraw.Draw(self.picture)
        path = [self.pose.pixel(u, v) for u, v in points]
        for offset in range(self.pose.length(units)):
            pen.line([(x + offset, y) for x, y in path], fill=colour)


def _draw_features(sketch: _Sketch) -> None:
    skin, hair = sketch.person.skin, sketch.person.hair
    lip = between(skin, _LIP, 150)
    sketch.area(anatomy.UPPER_LIP, times(lip, 84), steady=3)
    sketch.area(anatomy.LOWER_LIP, lip, steady=3)
    sketch.line(anatomy.MOUTH_LINE, times(lip, 45), 12)
    sketch.area(anatomy.NOSE_WING, times(skin, 62), strength=170, steady=3)
    sketch.area(anatomy.NOSTRIL, times(skin, 30), strength=220, steady=3)
    sketch.area(anatomy.EYE, _WHITE, steady=4)
    sketch.disc(885, 1250, 62, sketch.person.iris)
    sketch.disc(880, 1250, 28, (12, 10, 10))
    sketch.disc(868, 1232, 10, (250, 250, 250))
    sketch.area(anatomy.LID, times(hair, 60), steady=4)
    sketch.area(anatomy.BROW, hair, strength=210, steady=3)


def _draw_strands(sketch: _Sketch, style: Style, chance: Chance) -> None:
    """Thin bent lines from the forehead to the neck, each a parabola through three places."""
    hair, pose = sketch.person.hair, sketch.pose
    pen = ImageDraw.Draw(sketch.picture)
    for _ in range(style.strands):
        along = chance.below(256)
        start = (1080 + 5 * along - sketch.person.hairline, 330 - along // 2 + chance.below(160))
        bend = (1700 + 3 * along + chance.below(160), 260 + chance.below(400) + along)
        end = (2480 + chance.below(320), 1500 + chance.below(900))
        (ax, ay), (bx, by), (cx, cy) = pose.pixel(*start), pose.pixel(*bend), pose.pixel(*end)
        path = [
            (
                (a * ax + b * bx + c * cx) // _PARTS**2,
                (a * ay + b * by + c * cy) // _PARTS**2,
            )
            for a, b, c in _PARABOLA
        ]
        shade = between(times(hair, chance.between(70, 190)), (90, 80, 70), 40)
        for offset in range(pose.length(style.strand_width)):
            pen.line([(x + offset, y) for x, y in path], fill=shade)


def _draw_ear(sketch: _Sketch, skin: Image.Image) -> None:
    sketch.area(anatomy.EAR, skin, steady=2)
    sketch.area(anatomy.EAR_HOLLOW, times(sketch.person.skin, 52), strength=190, steady=2)
