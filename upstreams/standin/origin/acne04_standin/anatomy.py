"""The face as numbers: outlines on the canvas of `pose.FACE`, looking left, and colours.

Half a face at about seventy degrees, as the camera of a dermatologist sees it: forehead, nose and
lips at the left border of the face, cheek in the middle, ear and hair on the right, dark behind.
"""

from __future__ import annotations

from acne04_standin.raster import Point

Colour = tuple[int, int, int]

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

#: Skin from light to dark; a subject's is between two neighbours.
SKIN: tuple[Colour, ...] = (
    (238, 205, 184), (226, 184, 158), (208, 160, 130), (186, 136, 104), (152, 104, 76),
    (112, 74, 54),
)  # fmt: skip
HAIR: tuple[Colour, ...] = (
    (26, 22, 22), (44, 32, 26), (74, 50, 34), (112, 80, 48), (150, 116, 70), (92, 46, 30),
)  # fmt: skip
IRIS: tuple[Colour, ...] = ((70, 46, 30), (96, 66, 40), (70, 90, 76), (84, 110, 130))
#: Backgrounds: cloth of dark blue, green, grey.
CLOTH: tuple[Colour, ...] = ((20, 26, 44), (14, 16, 20), (24, 34, 34), (34, 32, 36), (18, 20, 30))

#: Collars and headbands: from black to white cotton.
COTTON: tuple[Colour, ...] = (
    (24, 24, 28), (52, 58, 84), (96, 92, 96), (150, 70, 66), (196, 190, 180), (232, 232, 230),
)  # fmt: skip


def between(first: Colour, second: Colour, part: int) -> Colour:
    """Colour at `part` 256ths of the way.

    >>> between((0, 100, 200), (100, 200, 0), 128)
    (50, 150, 100)
    """
    red, green, blue = (a + (b - a) * part // 256 for a, b in zip(first, second, strict=True))
    return red, green, blue


def times(colour: Colour, percent: int) -> Colour:
    """Colour at another brightness.

    >>> times((100, 200, 250), 120)
    (120, 240, 255)
    """
    red, green, blue = (max(0, min(255, level * percent // 100)) for level in colour)
    return red, green, blue
