"""Which images somebody means by a path, a name or an image_id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

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
