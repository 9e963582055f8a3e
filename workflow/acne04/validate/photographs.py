"""Compare the images of the file with the photographs that are here, by name and size.

The size that a record states tells in which frame of a photograph its circles were taken (see
`acne04.core.orientation`), and whether somebody has resized it since.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from acne04.core.catalogue import COORDINATES_TURNED, FRAME_UNCERTAIN
from acne04.core.orientation import ORIENTATIONS, Frame, Size, frame_of
from acne04.validate import catalogue
from acne04.validate.problems import PlacedProblem
from acne04.validate.resizing import Resized, Resizing, family

#: Columns of `Photographs.columns`.
COLUMNS = ("photo_width", "photo_height", "turn")
_UNKNOWN = (np.nan, np.nan, 1)


class _File(NamedTuple):
    size: Size
    orientation: int


class Photographs(NamedTuple):
    """What the photographs say about the images of the file.

    Attributes
    ----------
    columns : pandas.DataFrame
        Rows as in the array of images: photo_width, photo_height (px of the photograph in the
        frame in which the circles were taken; NaN where it is not known), turn (EXIF orientation
        by which that frame becomes the upright one; 1 where it is upright).
    problems : list of PlacedProblem
        What does not agree, photograph by photograph.
    resizing : Resizing or None
        What is one problem of the delivery instead.
    """

    columns: pd.DataFrame
    problems: list[PlacedProblem]
    resizing: Resizing | None


def compare_photographs(images: pd.DataFrame, inventory: pd.DataFrame | None) -> Photographs:
    """Compare each image of the file with the photographs of its name.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns file_name, width, height (px); row = position in the array.
    inventory : pandas.DataFrame or None
        Table ``inventory``; only photographs (origin real) count, for the annotated images are
        photographs, and a synthetic image may bear the name of one. None: nothing is compared.
    """
    known: dict[int, tuple[float, float, int]] = {}
    if inventory is None:
        return Photographs(_columns(known, images), [], None)
    files = _files_by_name(inventory)
    spelled = {name.casefold(): name for name in sorted(files)}
    problems: list[PlacedProblem] = []
    differing: list[Resized] = []
    for image in images[images["file_name"].notna()].itertuples():
        position = int(image.Index)
        if image.file_name not in files:
            other = spelled.get(image.file_name.casefold())
            found = f"no such file, but one named {other}" if other else "no such file"
            kind = catalogue.ANNOTATED_IMAGE_MISSING
            problems.append(PlacedProblem(kind, ("images", position), found))
        elif pd.notna(image.width) and pd.notna(image.height):
            stated, here = (image.width, image.height), files[image.file_name]
            framed = _in_frame(stated, here)
            if framed:
                frame, file = framed
                problems += _on_frame(position, stated, file, frame)
                known[position] = (*stated, file.orientation if frame == "stored" else 1)
            elif np.isnan(here[0].size).any():
                found = "an image file whose size cannot be read"
                kind = catalogue.IMAGE_SIZE_UNREADABLE
                problems.append(PlacedProblem(kind, ("images", position), found))
            else:
                differing.append(Resized.of(position, image.file_name, stated, *here[0]))
    resizing = family(differing, len(images))
    resized = {image.position for image in resizing.images} if resizing else set()
    problems += [_of_size(image) for image in differing if image.position not in resized]
    for image in resizing.images if resizing else ():
        known[image.position] = (*image.size_in_frame, image.turn)
        if image.is_uncertain:
            problems.append(_uncertain(image.position, image.stated, image.orientation))
    return Photographs(_columns(known, images), problems, resizing)


def _columns(known: dict[int, tuple[float, float, int]], images: pd.DataFrame) -> pd.DataFrame:
    rows = [known.get(position, _UNKNOWN) for position in images.index]
    return pd.DataFrame(rows, columns=list(COLUMNS), index=images.index)


def _files_by_name(inventory: pd.DataFrame) -> dict[str, list[_File]]:
    real = inventory[inventory["origin"] == "real"]
    # In float64 an unreadable size is NaN, which is equal to nothing.
    numbers = real[["width", "height", "orientation"]].astype("Float64")
    files: dict[str, list[_File]] = {}
    rows = numbers.to_numpy("float64", na_value=np.nan).tolist()
    for name, (width, height, orientation) in zip(real["name"], rows, strict=True):
        marked = 1 if np.isnan(orientation) else int(orientation)
        files.setdefault(name, []).append(_File((width, height), marked))
    return files


def _in_frame(stated: Size, here: list[_File]) -> tuple[Frame, _File] | None:
    """Find the file that has the stated size, and in which frame: where several do, the surest."""
    framed = [(frame_of(stated, *file), file) for file in here]
    for wanted in ("upright", "stored", "either"):
        for frame, file in framed:
            if frame == wanted:
                return frame, file
    return None


def _on_frame(position: int, stated: Size, file: _File, frame: Frame) -> Iterator[PlacedProblem]:
    if frame == "either":
        yield _uncertain(position, stated, file.orientation)
    elif frame == "stored":
        found = (
            f"{_shown(stated)}, the size as stored; EXIF orientation {file.orientation}, to be "
            f"{ORIENTATIONS[file.orientation]}: its circles are turned with it"
        )
        yield PlacedProblem(
            COORDINATES_TURNED,
            ("images", position),
            found,
            f"{_shown(file.size)}, the size of the upright image",
        )


def _uncertain(position: int, stated: Size, orientation: int) -> PlacedProblem:
    found = (
        f"{_shown(stated)}, which fits both; EXIF orientation {orientation}, to be "
        f"{ORIENTATIONS[orientation]}: its circles are taken as upright"
    )
    return PlacedProblem(FRAME_UNCERTAIN, ("images", position), found)


def _of_size(image: Resized) -> PlacedProblem:
    found = _shown(image.stated)
    if image.stated == image.here[::-1]:
        found += ": width and height are swapped"
    elif image.orientation != 1:
        found += f", neither upright nor as stored (EXIF orientation {image.orientation})"
    expected = f"{_shown(image.here)}, the size of the image file"
    return PlacedProblem(catalogue.IMAGE_SIZE, ("images", image.position), found, expected)


def _shown(size: Size) -> str:
    return f"{size[0]:.0f}×{size[1]:.0f}"
