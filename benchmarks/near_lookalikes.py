"""Images that are nearly one photograph and are not: what a method must tell apart."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import replace

from PIL import Image

from acne04_standin.canvas import FACE, Pose
from acne04_standin.chance import Chance
from acne04_standin.face import draw_face
from acne04_standin.jobs import Job, RetakeFile, encode, retake_of
from acne04_standin.lesions import Lesion, lay_lesions
from acne04_standin.looks import draw_person
from acne04_standin.retakes import draw_motion

#: The same person a moment later, in the same light before the same cloth; another person in
#: exactly the pose of the first.
LATER, POSED = "same person, a moment later", "another person, same pose"
#: A retake as the stand-in draws it, in another light, and what is made of it then.
RETAKE = "retake with other light"
_ALTERED: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    f"{RETAKE}, cropped by 5 %": lambda picture: _cropped(picture),
    f"{RETAKE}, brightness 75 %": lambda picture: picture.point(
        [level * 3 // 4 for level in range(256)] * 3
    ),
    f"{RETAKE}, JPEG quality 40": lambda picture: picture,
}
RETAKES = (RETAKE, *_ALTERED)
LOOKALIKES = (LATER, POSED, *RETAKES)
_QUALITY, _POOR = 90, 40
#: The camera moves by so many units at most along each side: half a per cent.
_MOVED = 16
_CELLS = 40


class _Moment(Chance):
    """All decisions of a photograph, with skin grain and sensor noise of its own."""

    def __init__(self, first: Job, number: int) -> None:
        super().__init__(first.seed, "moment", first.image)
        self._own = Chance(first.seed, "later", first.image, number)

    def noise(self, length: int) -> bytes:
        """Noise: the light's few hills stay, everything finer is new."""
        same = super().noise(length)
        return same if length < FACE[0] // 16 else self._own.noise(length)


def lookalike(first: Job, kind: str, number: int) -> tuple[bytes, bool]:
    """Draw an image that is nearly that of a job.

    Parameters
    ----------
    first : Job
        What draws the photograph that it is like.
    kind : str
        One of `LOOKALIKES`.
    number : int
        Others differ otherwise.

    Returns
    -------
    bytes
        JPEG.
    bool
        Whether it shows the same person.
    """
    if kind in RETAKES:
        return _retake(first, kind, number), True
    if kind == LATER:
        person = draw_person(first.style, Chance(first.seed, "person", first.subject))
        pose = _a_moment_later(first, Chance(first.seed, "camera moved", first.image, number))
        lesions = [_moved(lesion, first.pose, pose) for lesion in first.lesions]
        chance: Chance = _Moment(first, number)
    else:
        person = draw_person(first.style, Chance(first.seed, "another person", number))
        pose = first.pose
        own = Chance(first.seed, "another skin", first.image, number)
        lesions = lay_lesions(pose, len(first.lesions), 1, (), own)
        chance = Chance(first.seed, "another moment", first.image, number)
    return encode(draw_face(person, pose, lesions, first.style, chance), _QUALITY), kind == LATER


def _retake(first: Job, kind: str, number: int) -> bytes:
    person = draw_person(first.style, Chance(first.seed, "person", first.subject))
    moment = Chance(first.seed, "moment", first.image)
    picture = draw_face(person, first.pose, first.lesions, first.style, moment)
    motion = draw_motion(first.pose.frame, Chance(first.seed, "motion", kind, number))
    # Numbers that no image has, so that no light is that of a planted retake.
    data = retake_of(first, picture, RetakeFile("", -1 - number, motion))
    if kind == RETAKE:
        return data
    with Image.open(io.BytesIO(data)) as opened:
        altered = _ALTERED[kind](opened.convert("RGB"))
    return encode(altered, _POOR if "JPEG" in kind else _QUALITY)


def _cropped(picture: Image.Image) -> Image.Image:
    """Without 5 % of each side, from the middle."""
    wide, high = (side // 40 for side in picture.size)
    return picture.crop((wide, high, picture.width - wide, picture.height - high))


def _a_moment_later(first: Job, chance: Chance) -> Pose:
    """Shift the camera a little, and let face and perspective bend as between two photographs."""
    bend, pose = first.style.bend, first.pose
    across, down = pose.shift
    return replace(
        pose,
        shift=(across + chance.between(-_MOVED, _MOVED), down + chance.between(-_MOVED, _MOVED)),
        bend=tuple((chance.bell(-bend, bend), chance.bell(-bend, bend)) for _ in pose.bend),
    )


def _moved(lesion: Lesion, before: Pose, after: Pose) -> Lesion:
    """Move a lesion as the skin under it moves: as the nearest place of a grid on the face."""
    wide, high = FACE[0] // _CELLS, FACE[1] // _CELLS
    grid = [(u, v) for u in range(0, FACE[0], wide) for v in range(0, FACE[1], high)]

    def distance(place: tuple[int, int]) -> int:
        x, y = before.pixel(*place)
        return (x - lesion.x) ** 2 + (y - lesion.y) ** 2

    nearest = min(grid, key=distance)
    (ax, ay), (bx, by) = before.pixel(*nearest), after.pixel(*nearest)
    return replace(lesion, x=lesion.x + bx - ax, y=lesion.y + by - ay)
