"""Registration decides whether two pictures are one photograph.

The candidate's crop and form are the first guess. Block matches at 64 pixels refine it to an affine
map, those at 128 and 256 pixels again; then the *score* is the share of the textured blocks that
coincide: alike by more than `ALIKE`, and displaced by less than `STILL` pixels from the map.

The score tells a person from strangers; it cannot tell a copy from a *retake* (the same person,
chin rest and pose, seconds later), because what an edit covers and what moved between two shots
count alike. So a second share is taken: of the blocks that are alike at all, those that stay
*steady*, closer to the map than skin stays between two shots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from acne04.near.blocks import STEPS, Blocks, Doubles, Flags, Shift, fit_shift, match_blocks
from acne04.near.frames import SIDES, Frame, Signed

#: The eight symmetries of the square: turns counter-clockwise, of the picture or its mirror image.
FORMS = (
    "same",
    "turned-90",
    "turned-180",
    "turned-270",
    "mirrored",
    "mirrored-turned-90",
    "mirrored-turned-180",
    "mirrored-turned-270",
)
#: Correlation from which on a block is alike, and pixels by which it may be displaced. Without the
#: second, 18 of 60 other photographs of the same person would pass for copies.
ALIKE, STILL = 0.7, 0.5
#: Square of the displacement, in 256ths of a pixel, up to which a block that is alike is steady:
#: 48/256 of a pixel at 128 pixels, 64/256 at 256 (1.5 and 1 pixel of 1024). Skin moves by 2 to 4
#: pixels of 1024 between two shots; resampling moves a block by less than .2 pixels of its level.
STEADY = {1: 48**2, 2: 64**2}
#: Version of this check: part of a verdict's identity. Raise it with any change of the numbers.
VERSION = "registration-2"
#: Textured blocks that a verdict needs, of 225 at 128 pixels.
LEAST_BLOCKS = 40
#: A map that stretches, turns or shears more than this, beyond the guess, is not one of a copy.
LARGEST_STRETCH = 0.2
#: Pairs whose arrays are worked on together.
BATCH = 32
#: What is 0 in a level, and what is no pixel, where a picture is warped.
_ZERO, _BEYOND = np.uint8(128), 0


Frames = Callable[[int], Frame]
Counts = NDArray[np.int64]


class _Step(NamedTuple):
    """One look at a pair: match the blocks, fit a map to them, and measure.

    Attributes
    ----------
    level : int
        Place in `SIDES`.
    reach, stride : int
        As of `match_blocks`.
    gate : float
        Share of like blocks, of all textured ones, below which the pair is plainly different.
        Copies changed in 18 ways had .47 and more at 64 pixels, .51 at 128; nine of ten pairs of
        strangers stay below the first gate, all of them below the second.
    """

    level: int
    reach: int
    stride: int
    gate: float


#: Pixels of the coarsest level that blocks of a copy lie apart at first: half a step of the grid of
#: parts that the search goes by (a twentieth of a side) is 1.6, and a turn adds to it.
_OFF_THE_GRID = 2.5
_FIRST = _Step(level=0, reach=4, stride=8, gate=0.45)
_CLOSER = (_Step(level=1, reach=2, stride=8, gate=0.3), _Step(level=2, reach=2, stride=16, gate=0))


class Guess(NamedTuple):
    """What the search says of a pair: the whole of `a`, in one form, is a part of `b`.

    Attributes
    ----------
    a, b : int
        Numbers of the frames.
    form : int
        Place in `FORMS`: what is done to `a` first.
    box : tuple of float
        The part of `b`: left, top, right, bottom, 0 to 1.
    """

    a: int
    b: int
    form: int
    box: tuple[float, float, float, float]


class Score(NamedTuple):
    """How well a pair coincides.

    Attributes
    ----------
    coincide, blocks : int
        Textured blocks that coincide, of so many that both pictures show, at 128 or at 256
        pixels: where the share is greater. A picture that has lost its detail is judged at the
        coarser level, small edits at the finer one. Where the gate at 128 pixels was shut, the
        blocks that are like: of these, those that coincide are a part. Both 0 where that at 64
        pixels was.
    likeness : float
        Share of like blocks at 64 pixels, 0 to 1.
    steady, alike : int
        Blocks closer to the map than skin stays between two shots, of so many that are alike, at
        128 or at 256 pixels: where the share is greater. A level with fewer than `LEAST_BLOCKS`
        alike does not count; both 0 where neither does.
    """

    coincide: int
    blocks: int
    likeness: float
    steady: int = 0
    alike: int = 0

    @property
    def share(self) -> float:
        """Share of the blocks that coincide, 0 to 1: the score."""
        return self.coincide / self.blocks if self.blocks else 0.0

    @property
    def steadiness(self) -> float:
        """Share of the blocks that are alike that are steady, too, 0 to 1."""
        return self.steady / self.alike if self.alike else 0.0

    @property
    def is_decidable(self) -> bool:
        """Whether there is enough to recognise, or nothing was looked for behind a shut gate."""
        return self.blocks == 0 or self.blocks >= LEAST_BLOCKS


def in_form(level: NDArray[Any], form: int) -> NDArray[Any]:
    """Turn a square array into one of its eight `FORMS`."""
    return np.rot90(level[:, ::-1] if form >= 4 else level, form % 4)


def verify(frames: Frames, guesses: Sequence[Guess]) -> list[Score]:
    """Score some pairs, at most some dozens at once; in order of `guesses`.

    Parameters
    ----------
    frames : callable
        Number of a picture to its `Frame`.
    """
    maps = np.array([_map_of_box(guess.box) for guess in guesses])
    maps, like, counted = _register(frames, guesses, maps, _FIRST, 0.45, _OFF_THE_GRID, 1.0)
    likeness = like / np.maximum(counted, 1)
    scores = [Score(0, 0, share) for share in likeness.tolist()]
    left = np.flatnonzero((likeness >= _FIRST.gate) & _plausible(maps, guesses)).tolist()
    for step in _CLOSER:
        if not left:
            break
        chosen = [guesses[place] for place in left]
        maps[left], like, counted = _register(frames, chosen, maps[left], step, 0.5, 1.5, 0.75)
        plausible = _plausible(maps[left], chosen)
        is_open = (like >= step.gate * counted) & plausible
        told = zip(left, like, counted, is_open, plausible, strict=True)
        for place, part, whole, is_left, is_plausible in told:
            if not is_plausible:
                scores[place] = Score(0, 0, scores[place].likeness)
            elif not is_left:
                scores[place] = Score(int(part), int(whole), scores[place].likeness)
        left = [place for place, is_left in zip(left, is_open, strict=True) if is_left]
        if left:
            maps[left] = _measure(frames, guesses, maps, step, left, scores)
    return scores


def _register(
    frames: Frames,
    guesses: Sequence[Guess],
    maps: Doubles,
    step: _Step,
    alike: float,
    near: float,
    tight: float,
) -> tuple[Doubles, Counts, Counts]:
    """Refine the maps; count the blocks that are like where they belong, and all textured ones."""
    blocks = _match(frames, guesses, maps, step.level, step.reach, step.stride)
    shift = fit_shift(blocks, alike, near, tight)
    counted = blocks.textured & blocks.inside
    like = counted & (blocks.likeness >= 0.6) & (shift.residual(blocks) <= 0.75)
    return _refined(maps, shift, SIDES[step.level]), like.sum(axis=1), counted.sum(axis=1)


def _measure(
    frames: Frames,
    guesses: Sequence[Guess],
    maps: Doubles,
    step: _Step,
    places: list[int],
    scores: list[Score],
) -> Doubles:
    """Count the blocks that coincide, keep the better score, and refine the maps once more."""
    chosen = [guesses[place] for place in places]
    blocks = _match(frames, chosen, maps[places], step.level, 1, step.stride)
    counted = blocks.textured & blocks.inside
    # Displacements are whole 256ths: their squares are integers, exact in any order.
    right, down = blocks.right * STEPS, blocks.down * STEPS
    moved = right * right + down * down
    alike = counted & (blocks.likeness >= ALIKE)
    good = alike & (moved <= (STILL * STEPS) ** 2)
    steady = alike & (moved <= STEADY[step.level])
    sums = (marked.sum(axis=1).tolist() for marked in (good, counted, steady, alike))
    for place, *found in zip(places, *sums, strict=True):
        scores[place] = _better(scores[place], *found)
    return _refined(maps[places], fit_shift(blocks, 0.5, 1.0, 0.75), SIDES[step.level])


def _better(before: Score, coincide: int, blocks: int, steady: int, alike: int) -> Score:
    """Take in what another level says: each share where it is greater, and enough is counted.

    A level at which there is too little to recognise says nothing against the other one.
    """
    shares = before.coincide, before.blocks
    if (blocks >= LEAST_BLOCKS, coincide / blocks if blocks else 0.0) >= (
        before.blocks >= LEAST_BLOCKS,
        before.share,
    ):
        shares = coincide, blocks
    calm = before.steady, before.alike
    if alike >= LEAST_BLOCKS and steady / alike >= before.steadiness:
        calm = steady, alike
    return Score(*shares, before.likeness, *calm)


def _map_of_box(box: tuple[float, float, float, float]) -> list[float]:
    left, top, right, bottom = box
    return [right - left, 0.0, left, 0.0, bottom - top, top]


def _match(
    frames: Frames,
    guesses: Sequence[Guess],
    maps: Doubles,
    level: int,
    reach: int,
    stride: int,
) -> Blocks:
    side = SIDES[level]
    # The pairs lie between rows and columns, as `match_blocks` wants them.
    shape = (side, len(guesses), side)
    own, warped = np.empty(shape, dtype=np.float32), np.empty(shape, dtype=np.uint8)
    for row, guess in enumerate(guesses):
        own[:, row] = in_form(frames(guess.a).levels[level], guess.form)
        warped[:, row] = _warped(frames(guess.b).levels[level], maps[row])
    covered = warped != _BEYOND
    other = warped.astype(np.float32)
    other -= _ZERO
    other[~covered] = 0
    return match_blocks(own, other, covered.astype(np.float32), reach, stride)


def _warped(level: Signed, affine: Doubles) -> NDArray[np.uint8]:
    """Values of a level, plus `_ZERO`, at the places of another frame."""
    side = level.shape[0]
    # The sign bit turned: -127 to 127 become 1 to 255.
    picture = Image.fromarray(level.view(np.uint8) ^ _ZERO)
    a, b, c, d, e, f = affine.tolist()
    # In 65536ths, so that every product in Pillow's double precision is exact.
    data = tuple(round(v * 65536) / 65536 for v in (a, b, c * side, d, e, f * side))
    warped = picture.transform(
        (side, side), Image.Transform.AFFINE, data, Image.Resampling.BILINEAR, fillcolor=_BEYOND
    )
    return np.asarray(warped)


def _refined(maps: Doubles, shift: Shift, side: int) -> Doubles:
    """Apply a displacement, in pixels of a frame of that side, before the maps."""
    rows = []
    for fit, axis in ((shift.right, 0), (shift.down, 1)):
        constant = fit[:, 0] / side - (fit[:, 1] + fit[:, 2]) / 2
        rows.append((fit[:, 1] + (axis == 0), fit[:, 2] + (axis == 1), constant))
    (xx, xy, x0), (yx, yy, y0) = rows
    a, b, c, d, e, f = maps.T
    return np.stack(
        [
            a * xx + b * yx,
            a * xy + b * yy,
            a * x0 + b * y0 + c,
            d * xx + e * yx,
            d * xy + e * yy,
            d * x0 + e * y0 + f,
        ],
        axis=1,
    )


def _plausible(maps: Doubles, guesses: Sequence[Guess]) -> Flags:
    first = np.array([_map_of_box(guess.box) for guess in guesses])
    close: Flags = (np.abs(maps - first)[:, [0, 1, 3, 4]] <= LARGEST_STRETCH).all(axis=1)
    return close
