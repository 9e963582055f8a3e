"""Which images somebody means by a path, a name or an image_id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

import pandas as pd

from acne04.core.suggestions import close_to

#: Names that a message gives of those that are like one that nobody knows.
NEAREST = 5


class ImageLookup:
    """Images by what people call them.

    Parameters
    ----------
    paths : iterable of str
        Paths of the images, below the folder of images.
    image_ids : mapping of str to str
        Path -> canonical name, of those that have one.
    """

    def __init__(self, paths: Iterable[str], image_ids: Mapping[str, str]) -> None:
        self._paths = {*paths, *image_ids}
        self._called: dict[str, set[str]] = {}
        for path in self._paths:
            self._called.setdefault(PurePosixPath(path).name, set()).add(path)
        for path, image_id in image_ids.items():
            self._called.setdefault(image_id, set()).add(path)

    def find(self, asked: str) -> list[str]:
        """Give the path of the image at a path, or else those of all with this name, sorted.

        A file name may be that of several images, an image_id is that of one.
        """
        return [asked] if asked in self._paths else sorted(self._called.get(asked, ()))

    def nearest(self, asked: str, others: Iterable[str] = ()) -> list[str]:
        """Give the names, of the images and of other things, that are like an unknown one.

        Those that are spelt alike come first, then those that differ in case or folder alone.
        """
        names = sorted({*self._called, *others})
        last = PurePosixPath(asked).name
        alike = [n for n in names if n.lower() == last.lower() or n.endswith(f"/{last}")]
        return list(dict.fromkeys([*close_to(asked, names, NEAREST), *alike]))


def names_of_images(images: pd.DataFrame) -> dict[str, str]:
    """Give what each image may be called in a table of a stranger; what may mean two, means none.

    Parameters
    ----------
    images : pandas.DataFrame
        Columns image_id, path, sha256; each image once.

    Returns
    -------
    dict of str to str
        File name, path, SHA-256 or image_id -> image_id.
    """
    found: dict[str, str] = {}
    base = images["path"].map(lambda path: PurePosixPath(path).name)
    for column in (base, images["path"], images["sha256"], images["image_id"]):
        # An image_id is unique; a file name that two images have is no name.
        single = column[~column.duplicated(keep=False)]
        found |= dict(zip(single, images.loc[single.index, "image_id"], strict=True))
    return found
