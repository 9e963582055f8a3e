"""What an export is to hold: its images by part, what is left out, and the files to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from acne04.export.re_encoding import ReEncoding
from acne04.samples.sample import Box, Circle, Sample

Lesions = Literal["boxes", "circles"]
#: Gives the bytes of an image as they are to be exported, checked.
Reader = Callable[["ExportedImage"], bytes]


@dataclass(frozen=True, slots=True)
class ExportedImage:
    """An image in a part.

    Attributes
    ----------
    sample : Sample
        With its labels, boxes and circles.
    row : mapping
        Its row of the manifest.
    part, fold : str, int or None
        Where it is, as `Part` has it.
    name : str
        Its file's name in the export, which no other image has, with the extension of its bytes.
    is_turned : bool
        Whether it is stored on its side: then its pixels are written anew, upright.
    re_encoding : ReEncoding or None
        How its pixels are written anew; `sample` is then of that size.
    """

    sample: Sample
    row: Mapping[str, Any]
    part: str
    fold: int | None
    name: str
    is_turned: bool
    re_encoding: ReEncoding | None = None

    @property
    def is_written_anew(self) -> bool:
        """Whether its file has other bytes than its source's."""
        return self.is_turned or self.re_encoding is not None

    @property
    def stem(self) -> str:
        """Its name without the extension; no other image has that."""
        return self.name.rpartition(".")[0]

    def lesions(self, kind: Lesions) -> tuple[Box, ...] | tuple[Circle, ...]:
        """Give its boxes or circles; none where it is exported without being annotated."""
        return (self.sample.boxes if kind == "boxes" else self.sample.circles) or ()


@dataclass(frozen=True)
class Part:
    """Images of one part of one fold.

    Attributes
    ----------
    name : str
        As the variant calls it.
    folder : str
        ``train``, ``val``, ``test``, or ``all`` where the variant has no parts.
    fold : int or None
        None where the variant has no folds.
    images : tuple of ExportedImage
        By image_id.
    """

    name: str
    folder: str
    fold: int | None
    images: tuple[ExportedImage, ...]


class LeftOut(NamedTuple):
    """An image of the manifest that is in no part of the export, and why."""

    fold: int | None
    image_id: str
    path: str
    reason: str


@dataclass(frozen=True)
class Selection:
    """The images of an export.

    Attributes
    ----------
    dataset, variant : str
        Which upstream, which manifest.
    fold : int or None
        The one that was asked for.
    parts : tuple of Part
        In the order of the variant, fold by fold.
    left_out : tuple of LeftOut
        By fold and image_id; with `parts`, every image of the manifest once a fold.
    lesions : {"boxes", "circles"}
        What becomes a box where a format knows boxes only.
    shard_bytes : int
        About so many bytes a shard at most.
    images : pathlib.Path
        Folder below which the paths of the samples begin.
    target : pathlib.Path
        Folder of the export.
    is_absolute : bool
        Whether tables name images by absolute paths.
    re_encoding : ReEncoding or None
        How all images are written; None where they keep their bytes.
    smaller : int
        Images that are smaller than what they are written as, in width or height.
    """

    dataset: str
    variant: str
    fold: int | None
    parts: tuple[Part, ...]
    left_out: tuple[LeftOut, ...]
    lesions: Lesions
    shard_bytes: int
    images: Path
    target: Path
    is_absolute: bool
    re_encoding: ReEncoding | None = None
    smaller: int = 0

    @property
    def every_image(self) -> list[ExportedImage]:
        """Each image once, by image_id, also where it is in a part of several folds."""
        once = {image.sample.image_id: image for part in self.parts for image in part.images}
        return [once[image_id] for image_id in sorted(once)]


@dataclass(frozen=True)
class DataFile:
    """A file that is made from tables alone, at a path below the folder of the export."""

    path: str
    content: bytes


@dataclass(frozen=True)
class ImageFile:
    """A file that is one image."""

    path: str
    image: ExportedImage


@dataclass(frozen=True)
class Shard:
    """A file that holds images.

    Attributes
    ----------
    path : str
        Below the folder of the export.
    identity : str
        Digest of what is in it beside the images.
    images : tuple of ExportedImage
        In their order.
    write : callable
        Writes it to a path, with the bytes that a reader gives.
    """

    path: str
    identity: str
    images: tuple[ExportedImage, ...]
    write: Callable[[Path, Reader], None] = field(compare=False)


PlannedFile = DataFile | ImageFile | Shard


class ExportFormat(NamedTuple):
    """A format that images are exported in.

    Attributes
    ----------
    summary : str
        What opens it, in a few words.
    files : callable
        Gives the files of a selection, without single images and what every export has.
    place : callable
        Gives where an image is: below the folder, or its name in a shard.
    folders : callable
        Gives folders that are there even where they are empty.
    lacks : callable
        Says why a sample cannot be in this format: a reason, or empty. Gets the kind of lesions.
    loading : str
        Lines of Python that load it, from the folder that holds ``exported``.
    lesions : tuple
        Kinds of lesions that can be asked for, the default first; empty where there is no choice.
    may_keep : bool
        Whether images without annotation can be kept, if asked for.
    tabled : tuple
        Kinds of lesions that ``lesions.csv`` lists; None for those that are asked for.
    holds : {"files", "shards", "nothing"}
        How it holds images.
    is_of_all_folds : bool
        Whether all folds of a variant can be in one export.
    notes : str
        What its reader must know, as Markdown.
    """

    summary: str
    files: Callable[[Selection], Iterator[PlannedFile]]
    place: Callable[[ExportedImage, Selection], str]
    lacks: Callable[[Sample, Lesions], str]
    loading: str
    folders: Callable[[Selection], Iterator[str]] = lambda selection: iter(())
    lesions: tuple[Lesions, ...] = ()
    may_keep: bool = False
    tabled: tuple[Lesions, ...] | None = ()
    holds: Literal["files", "shards", "nothing"] = "files"
    is_of_all_folds: bool = False
    notes: str = ""
