"""Whether the images of a dataset are here, and what to do where they are not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from acne04.core.checkout import NO_DATA
from acne04.core.errors import Acne04Error, UnavailableError
from acne04.core.hashing import digest_file
from acne04.core.progress import Progress
from acne04.samples.place import DatasetPlace

#: Names that a message lists; of more it says how many.
MOST_NAMED = 25
_NAME_THEM = "name their folder, with images= or on the command line with --images"


def named(names: Sequence[str]) -> str:
    """List names, of many the first ones.

    >>> named(["a", "b"])
    'a, b'
    """
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def folder_of_images(place: DatasetPlace) -> Path:
    """Give the folder below which the paths of the manifests begin, absolute.

    Its own links are followed, not those of an image, which may be one to DVC's cache.

    Raises
    ------
    UnavailableError
        If none is known.
    """
    if place.images is None:
        what = "the images are not here" + (": a release has none" if place.is_release else "")
        remedy = _NAME_THEM if place.is_release else NO_DATA
        raise UnavailableError(str(place.root), what, remedy=remedy)
    return place.images.resolve()


def require_images(
    place: DatasetPlace,
    paths: Sequence[str],
    sizes: Sequence[int] = (),
    sha256s: Sequence[str] = (),
) -> None:
    """Hold images against what a manifest says of them; name all that are not as it says.

    Parameters
    ----------
    place : DatasetPlace
        With a folder of images.
    paths : sequence of str
        Of each image, below that folder.
    sizes, sha256s : sequence
        Size in bytes and SHA-256 of each; empty where that is not asked.

    Raises
    ------
    UnavailableError
        If files are not there.
    Acne04Error
        If files are others.
    """
    folder = folder_of_images(place)
    missing: list[str] = []
    other: list[str] = []
    with Progress("comparing", len(paths), "images") as progress:
        for number, path in enumerate(paths):
            file = folder / path
            try:
                size = file.stat().st_size
                same = not sizes or size == sizes[number]
                if same and sha256s:
                    same = digest_file(file).sha256 == sha256s[number]
            except FileNotFoundError:
                missing.append(path)
            else:
                other += [] if same else [path]
            progress.add()
    if missing:
        raise UnavailableError(
            str(folder),
            f"{len(missing):,} of {len(paths):,} images are not there",
            found=named(missing),
            remedy=_way_to_have(missing, place),
        )
    if other:
        raise Acne04Error(
            str(folder),
            f"{len(other):,} of {len(paths):,} images are not those of the manifest",
            expected="the size" + (" and the SHA-256" if sha256s else "") + " of each row",
            found=named(other),
            remedy=_way_to_have(other, place),
        )


def _way_to_have(paths: Sequence[str], place: DatasetPlace) -> str:
    """Give the command that brings images, or what else to do where none does."""
    if place.is_release:
        return _NAME_THEM
    folders = sorted({f"data/raw/{path.partition('/')[0]}" for path in paths})
    return f"`dvc pull {' '.join(folders)}`, or `make run`, in {place.root.resolve()}"
