"""Draws half a face: recognisably a drawing, with what an algorithm can hold on to.

Half a face at about seventy degrees, as the camera of a dermatologist sees it: forehead, nose and
lips at the left border of the face, cheek in the middle, ear and hair on the right, dark behind.
The outlines lie on the canvas of `canvas.FACE`, looking left.
"""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter

from acne04_standin.canvas import FINE, Pose, filled, smooth
from acne04_standin.chance import Chance
from acne04_standin.figures import Point
from acne04_standin.lesions import Lesion, draw_lesions, draw_spots
from acne04_standin.looks import Colour, Person, Style, between, times
from acne04_standin.skin import add_grain, coarse_factor, draw_cloth, draw_skin

#: Outlines, clockwise.
HEAD: tuple[Point, ...] = (
    (1500, 150), (1080, 260), (800, 480), (690, 800), (690, 1040), (745, 1190), (690, 1360),
    (560, 1560), (430, 1740), (450, 1850), (590, 1915), (640, 1985), (600, 2070), (545, 2140),
    (610, 2215), (575, 2300), (615, 2390), (690, 2450), (665, 2560), (690, 2720), (800, 2880),
    (1010, 2970), (1330, 2930), (1720, 2760), (2060, 2480), (2250, 2150), (2380, 1700),
    (2420, 1200), (2250, 600), (1900, 250),
)  # fmt: skip
NECK: tuple[Point, ...] = (
    (1250, 2750), (1330, 3050), (1300, 3300), (1180, 3700), (2700, 3900), (2640, 3300),
    (2560, 2800), (2480, 2200), (2100, 2000), (1600, 2500),
)  # fmt: skip
HAIR_BEHIND: tuple[Point, ...] = (
    (1080, 190), (1500, 20), (2050, 10), (2550, 250), (2860, 750), (2950, 1350), (2900, 1950),
    (2750, 2450), (2550, 2650), (2380, 2300), (2350, 1700), (2200, 900), (1700, 400),
)  # fmt: skip
HAIR_FRONT: tuple[Point, ...] = (
    (1020, 250), (1400, 60), (2000, 60), (2600, 500), (2750, 1400), (2650, 2100), (2480, 2150),
    (2450, 1600), (2330, 1420), (2180, 1560), (2100, 1300), (2000, 950), (1750, 650), (1400, 480),
    (1120, 420),
)  # fmt: skip
HAIR_LONG: tuple[Point, ...] = (
    (2300, 1200), (2800, 900), (3000, 1600), (3050, 2400), (3000, 3100), (2820, 3700), (2450, 3650),
    (2300, 3100), (2420, 2500), (2330, 1900),
)  # fmt: skip
HEADBAND: tuple[Point, ...] = (
    (960, 300), (1130, 180), (1560, 420), (1960, 820), (2240, 1220), (2420, 1380), (2330, 1500),
    (2080, 1400), (1800, 1020), (1400, 620),
)  # fmt: skip
GARMENT: tuple[Point, ...] = (
    (420, 3800), (760, 3420), (1180, 3240), (1900, 3330), (2600, 3080), (3200, 3120), (3700, 3500),
    (3600, 4200), (1800, 4400), (500, 4300),
)  # fmt: skip
EAR: tuple[Point, ...] = (
    (2170, 1500), (2290, 1400), (2430, 1440), (2480, 1600), (2420, 1800), (2330, 1960),
    (2230, 2060), (2170, 1980), (2160, 1760),
)  # fmt: skip
EAR_HOLLOW: tuple[Point, ...] = (
    (2240, 1560), (2330, 1500), (2400, 1580), (2350, 1740), (2270, 1860), (2230, 1760),
)  # fmt: skip
EYE: tuple[Point, ...] = (
    (770, 1265), (850, 1190), (960, 1175), (1060, 1225), (1120, 1290), (1000, 1325), (870, 1330),
)  # fmt: skip
LID: tuple[Point, ...] = (
    (750, 1262), (845, 1165), (965, 1140), (1085, 1205), (1150, 1290), (1060, 1232), (960, 1184),
    (850, 1200),
)  # fmt: skip
BROW: tuple[Point, ...] = (
    (735, 1060), (860, 975), (1020, 965), (1180, 1030), (1290, 1120), (1150, 1070), (1010, 1030),
    (860, 1040),
)  # fmt: skip
UPPER_LIP: tuple[Point, ...] = (
    (555, 2140), (605, 2075), (700, 2060), (820, 2120), (960, 2205), (800, 2205), (620, 2210),
)  # fmt: skip
LOWER_LIP: tuple[Point, ...] = (
    (620, 2212), (780, 2208), (960, 2205), (860, 2300), (720, 2370), (625, 2375), (580, 2300),
)  # fmt: skip
NOSTRIL: tuple[Point, ...] = ((560, 1845), (640, 1810), (715, 1840), (690, 1885), (600, 1890))
NOSE_WING: tuple[Point, ...] = (
    (690, 1690), (770, 1720), (800, 1810), (770, 1900), (715, 1915), (750, 1830), (735, 1750),
)  # fmt: skip
MOUTH_LINE: tuple[Point, ...] = ((612, 2212), (700, 2200), (800, 2208), (900, 2212), (985, 2198))

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
    sketch.area(HAIR_BEHIND, times(person.hair, 80), 2)
    sketch.area(NECK, skin.point([level * 64 // 100 for level in range(256)] * 3))
    garment = chance.pick(style.cotton)
    slip = (chance.between(-500, 500), chance.between(-280, 480))
    if all(lesion.y + lesion.radius <= pose.frame[1] for lesion in lesions):
        sketch.area(GARMENT, garment, 2, shift=slip)
    if person.long_hair:
        sketch.area(HAIR_LONG, times(person.hair, 88), 2)
    sketch.area(HEAD, skin)
    _draw_features(sketch)
    sketch.area(HAIR_FRONT, person.hair, 2, shift=(-person.hairline, 0))
    _draw_strands(sketch, style, chance)
    _draw_ear(sketch, skin)
    if chance.below(3) == 0:
        sketch.area(HEADBAND, chance.pick(style.cotton), shift=(-person.hairline // 2, 0))
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
    sketch.area(UPPER_LIP, times(lip, 84), steady=3)
    sketch.area(LOWER_LIP, lip, steady=3)
    sketch.line(MOUTH_LINE, times(lip, 45), 12)
    sketch.area(NOSE_WING, times(skin, 62), strength=170, steady=3)
    sketch.area(NOSTRIL, times(skin, 30), strength=220, steady=3)
    sketch.area(EYE, _WHITE, steady=4)
    sketch.disc(885, 1250, 62, sketch.person.iris)
    sketch.disc(880, 1250, 28, (12, 10, 10))
    sketch.disc(868, 1232, 10, (250, 250, 250))
    sketch.area(LID, times(hair, 60), steady=4)
    sketch.area(BROW, hair, strength=210, steady=3)


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
    sketch.area(EAR, skin, steady=2)
    sketch.area(EAR_HOLLOW, times(sketch.person.skin, 52), strength=190, steady=2)
