"""Matches of the blocks of two pictures: one affine map is fitted to where they moved.

All sums are of integers that single precision holds exactly (below 2**24), so that neither the
order of summation nor the machine changes them; quotients and roots are correctly rounded.
"""

from __future__ import annotations

from typing import Any, NamedTuple

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
    a, b : array of float32, shape (side, pairs, side)
        Integers within +-127; the pairs lie between rows and columns.
    covered : array of float32, shape (side, pairs, side)
        1 where `b` has a pixel, 0 beyond its border.
    reach : int
        Pixels.
    stride : int
        Pixels from block to block; divides `BLOCK` and the side.
    """
    side, pairs, _ = a.shape
    blocks = _BlockSums(side, stride)
    number = blocks.number
    own = blocks.of_products(a, a).astype(np.float64)
    padded = np.pad(b, ((reach, reach), (0, 0), (reach, reach)))
    energies = _window_sums(padded * padded)
    inverse = 1.0 / np.sqrt(energies + _TINY)
    contrast = 1.0 / np.sqrt(own + _TINY)
    steps = range(2 * reach + 1)
    likeness = np.empty((len(steps) ** 2, number, pairs, number), dtype=np.float64)
    last = side - BLOCK + 1
    for down in steps:
        for right in steps:
            shifted = padded[down : down + side, :, right : right + side]
            window = inverse[down : down + last : stride, :, right : right + last : stride]
            here = likeness[down * len(steps) + right]
            np.multiply(blocks.of_products(a, shifted), window, out=here)
            here *= contrast
    centres = np.arange(number) * stride + BLOCK / 2 - side / 2
    y, x = np.meshgrid(centres, centres, indexing="ij")
    flat = _by_pair(likeness)
    best = flat.argmax(axis=0)
    rows, columns = np.divmod(best, len(steps))
    middle = energies[reach : reach + last : stride, :, reach : reach + last : stride]
    at = np.take_along_axis(flat, best[None], axis=0)[0]
    return Blocks(
        x.ravel(),
        y.ravel(),
        columns - reach + _peak(flat, rows, columns, at, len(steps), along_rows=False),
        rows - reach + _peak(flat, rows, columns, at, len(steps), along_rows=True),
        at,
        _by_pair(np.maximum(own, middle) >= TEXTURE * BLOCK**2),
        _by_pair(blocks.of_products(covered, covered) == BLOCK**2),
    )


class _BlockSums:
    """Sums over the blocks of pictures that lie between rows and columns.

    First over bands of `stride` rows, in the same go as the products; then over the bands of a
    block; then over its columns, by a product of matrices.
    """

    def __init__(self, side: int, stride: int) -> None:
        starts = np.arange(0, side - BLOCK + 1, stride)
        pixel = np.arange(side)[:, None]
        self.number = len(starts)
        self._stride = stride
        self._columns = ((pixel >= starts) & (pixel < starts + BLOCK)).astype(np.float32)

    def of_products(self, a: Floats, b: Floats) -> Floats:
        """Sum `a` times `b`, shape (blocks down, pairs, blocks across)."""
        side, pairs, _ = a.shape
        shape = (side // self._stride, self._stride, pairs, side)
        bands = np.einsum("brpc,brpc->bpc", a.reshape(shape), b.reshape(shape))
        rows = sum(bands[k : k + self.number] for k in range(BLOCK // self._stride))
        summed: Floats = np.reshape(rows, (-1, side)) @ self._columns
        return summed.reshape(self.number, pairs, self.number)


def _by_pair(blocks: NDArray[Any]) -> NDArray[Any]:
    """Turn (..., blocks down, pairs, blocks across) into (..., pairs, blocks)."""
    moved = np.moveaxis(blocks, -2, -3)
    return moved.reshape(*moved.shape[:-2], -1)


def _window_sums(values: Floats) -> Doubles:
    """Sum of every window of side `BLOCK`, shape (side - BLOCK + 1, pairs, the same)."""
    width = 1
    while width < BLOCK:
        # Two neighbouring sums make one of twice the width.
        values = values[width:] + values[:-width]
        values = values[:, :, width:] + values[:, :, :-width]
        width *= 2
    return values.astype(np.float64)


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
        np.take_along_axis(likeness, np.clip(best + s, 0, last)[None], axis=0)[0]
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
