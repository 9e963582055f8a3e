"""Match the blocks of two pictures, and fit one affine map to where they moved.

All sums are of integers that single precision holds exactly (below 2**24), so that neither the
order of summation nor the machine changes them; quotients and roots are correctly rounded.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: Side of a block in pixels, at every level.
BLOCK = 16
#: Mean square of a block's values (`acne04.near.frames.UNIT` is one contrast) from which on it has
#: texture to be recognised by.
TEXTURE = 12.0**2
#: Fractions of a pixel that a displacement is rounded to.
STEPS = 256
_TINY = 1e-9


class Blocks(NamedTuple):
    """Where the blocks of one picture lie in another; arrays of shape (pairs, blocks).

    Attributes
    ----------
    x, y : array of float, shape (blocks,)
        Centres in pixels from the frame's centre.
    right, down : array of float
        Displacement of the best match in pixels, in steps of 1 / `STEPS`.
    likeness : array of float
        Normalised cross-correlation there, -1 to 1.
    textured : array of bool
        Whether there is something to recognise in the block, in either picture.
    inside : array of bool
        Whether the other picture covers the block.
    """

    x: Doubles
    y: Doubles
    right: Doubles
    down: Doubles
    likeness: Doubles
    textured: Flags
    inside: Flags


def match_blocks(a: Floats, b: Floats, covered: Floats, reach: int, stride: int) -> Blocks:
    """Find each block of `a` in `b`, at most `reach` pixels away.

    Parameters
    ----------
    a, b : array of float32, shape (pairs, side, side)
        Integers within +-127.
    covered : array of float32, shape (pairs, side, side)
        1 where `b` has a pixel, 0 beyond its border.
    reach : int
        Pixels.
    stride : int
        Pixels from block to block; divides `BLOCK` and the side.
    """
    pairs, side, _ = a.shape
    sums = _block_sums(side, stride)
    number = sums.shape[1]
    own = _summed(a * a, sums).astype(np.float64)
    padded = np.pad(b, ((0, 0), (reach, reach), (reach, reach)))
    energies = _window_sums(padded * padded)
    inverse = 1.0 / np.sqrt(energies + _TINY)
    steps = range(2 * reach + 1)
    likeness = np.empty((pairs, len(steps), len(steps), number, number), dtype=np.float64)
    last = side - BLOCK + 1
    for down in steps:
        for right in steps:
            shifted = padded[:, down : down + side, right : right + side]
            window = np.s_[:, down : down + last : stride, right : right + last : stride]
            np.multiply(_summed(a * shifted, sums), inverse[window], out=likeness[:, down, right])
    centres = np.arange(number) * stride + BLOCK / 2 - side / 2
    y, x = np.meshgrid(centres, centres, indexing="ij")
    likeness *= 1.0 / np.sqrt(own + _TINY)[:, None, None]
    flat = likeness.reshape(pairs, len(steps) ** 2, number * number)
    best = flat.argmax(axis=1)
    rows, columns = np.divmod(best, len(steps))
    middle = energies[:, reach : reach + last : stride, reach : reach + last : stride]
    most = np.maximum(own, middle)
    at = np.take_along_axis(flat, best[:, None], axis=1)[:, 0]
    return Blocks(
        x.ravel(),
        y.ravel(),
        columns - reach + _peak(flat, rows, columns, at, len(steps), along_rows=False),
        rows - reach + _peak(flat, rows, columns, at, len(steps), along_rows=True),
        at,
        (most >= TEXTURE * BLOCK**2).reshape(pairs, -1),
        (_summed(covered, sums) == BLOCK**2).reshape(pairs, -1),
    )


def _block_sums(side: int, stride: int) -> Floats:
    """Matrix that sums a row of pixels into its blocks, shape (side, blocks)."""
    starts = np.arange(0, side - BLOCK + 1, stride)
    pixel = np.arange(side)[:, None]
    return ((pixel >= starts) & (pixel < starts + BLOCK)).astype(np.float32)


def _summed(values: Floats, sums: Floats) -> Floats:
    across: Floats = values @ sums
    return sums.T @ across


def _window_sums(values: Floats) -> Doubles:
    """Sum of every window of side `BLOCK`, shape (pairs, side - BLOCK + 1, the same)."""
    sums = np.zeros((values.shape[0], values.shape[1] + 1, values.shape[2] + 1))
    np.cumsum(values, axis=1, out=sums[:, 1:, 1:])
    np.cumsum(sums[:, 1:, 1:], axis=2, out=sums[:, 1:, 1:])
    n = BLOCK
    windows: Doubles = sums[:, n:, n:] - sums[:, :-n, n:] - sums[:, n:, :-n] + sums[:, :-n, :-n]
    return windows


def _peak(
    likeness: Doubles,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    at: Doubles,
    steps: int,
    *,
    along_rows: bool,
) -> Doubles:
    """Offset of the vertex of the parabola through the best match and its two neighbours."""
    moving = rows if along_rows else columns
    inner = (moving > 0) & (moving < steps - 1)
    step = steps if along_rows else 1
    best = rows * steps + columns
    last = steps * steps - 1
    before, after = (
        np.take_along_axis(likeness, np.clip(best + s, 0, last)[:, None], axis=1)[:, 0]
        for s in (-step, step)
    )
    bend = before - 2 * at + after
    vertex = np.where(inner & (bend < -_TINY), (before - after) / np.minimum(2 * bend, -_TINY), 0.0)
    rounded: Doubles = np.rint(np.clip(vertex, -0.5, 0.5) * STEPS) / STEPS
    return rounded


class Shift(NamedTuple):
    """Affine displacement of each pair: ``right = r0 + rx * x + ry * y``, ``down`` likewise.

    Attributes
    ----------
    right, down : array of float, shape (pairs, 3)
        Constant (pixels), and change per pixel in x and in y.
    """

    right: Doubles
    down: Doubles

    def residual(self, blocks: Blocks) -> Doubles:
        """Distance in pixels of each block from where the map puts it, shape (pairs, blocks)."""
        across, along = (
            fit[:, :1] + fit[:, 1:2] * blocks.x + fit[:, 2:] * blocks.y
            for fit in (self.right, self.down)
        )
        return np.sqrt((blocks.right - across) ** 2 + (blocks.down - along) ** 2)


def fit_shift(blocks: Blocks, likeness: float, near: float, tight: float) -> Shift:
    """Fit an affine map to the blocks that agree on one.

    Starts from the median displacement of the blocks that are like; takes those within `near`
    pixels of it, and then, in rounds, those within `tight` pixels of the fit.
    """
    like = blocks.textured & blocks.inside & (blocks.likeness >= likeness)
    middles = [_median(values, like) for values in (blocks.right, blocks.down)]
    away = np.maximum(
        np.abs(blocks.right - middles[0][:, None]), np.abs(blocks.down - middles[1][:, None])
    )
    chosen = like & (away <= near)
    shift = _least_squares(blocks, chosen)
    for _ in range(3):
        chosen = like & (shift.residual(blocks) <= tight)
        shift = _least_squares(blocks, chosen)
    return shift


def _median(values: Doubles, chosen: Flags) -> Doubles:
    """Lower median of the chosen values of each row; 0 where there are none."""
    ordered = np.sort(np.where(chosen, values, np.inf), axis=1)
    place = np.maximum(chosen.sum(axis=1) - 1, 0) // 2
    middle = np.take_along_axis(ordered, place[:, None], axis=1)[:, 0]
    return np.where(np.isfinite(middle), middle, 0.0)


def _least_squares(blocks: Blocks, chosen: Flags) -> Shift:
    """Solve the normal equations by their adjugate; a translation where they are near singular."""
    w = chosen.astype(np.float64)
    x, y = blocks.x, blocks.y
    # Sums of integers and of 256ths: exact in double precision in any order.
    n, sx, sy = w.sum(axis=1), (w * x).sum(axis=1), (w * y).sum(axis=1)
    sxx, sxy, syy = ((w * p).sum(axis=1) for p in (x * x, x * y, y * y))
    a, b, c = sxx * syy - sxy * sxy, sy * sxy - sx * syy, sx * sxy - sy * sxx
    d, e, f = n * syy - sy * sy, sx * sy - n * sxy, n * sxx - sx * sx
    determinant = n * a + sx * b + sy * c
    sound = (n >= 6) & (determinant > 1e-3 * n * n * n * 16**4)
    safe = np.where(sound, determinant, 1.0)
    fits = []
    for values in (blocks.right, blocks.down):
        s = (w * values).sum(axis=1)
        tx, ty = ((w * values * p).sum(axis=1) for p in (x, y))
        affine = np.stack(
            [a * s + b * tx + c * ty, b * s + d * tx + e * ty, c * s + e * tx + f * ty]
        )
        level = np.stack([s / np.maximum(n, 1.0), np.zeros_like(s), np.zeros_like(s)])
        fits.append(np.where(sound, affine / safe, level).T)
    return Shift(fits[0], fits[1])
