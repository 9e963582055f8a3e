"""What a delivery holds, beside what its source promises: looked at before it is pinned.

A hash says that bytes are the ones somebody pinned, not that they were the right ones. The boxes
under the name of the photographs, half a folder, a sample of a hundred images: each would be pinned
at first sight, and be right for ever after.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from acne04.core.errors import SourceError
from acne04.core.printing import loud
from acne04.core.sources import Source
from acne04.fetch.archive import read_members
from acne04.fetch.pins import Delivered

#: Folder of ACNE04's photographs; where there is one, images elsewhere are not the dataset's.
_IMAGE_FOLDER = "JPEGImages"
_LABEL_FILE = re.compile(r"NNEW_(trainval|test)_(\d{1,4})\.txt")
_BOX = re.compile(rb"<object[\s>]")
#: Files that are read and not only counted.
_READ = (".txt", ".xml", ".json", ".jsonl")
_SHOWN_KINDS = 4

#: Path and bytes of a file; the bytes of images are not needed.
Content = tuple[str, bytes]


@dataclass(frozen=True)
class PromisedLabels:
    """What a source of labelled folds promises: folds, lines of each part, images of each grade."""

    folds: int
    trainval: int
    test: int
    grades: dict[int, int]


@dataclass(frozen=True)
class PromisedBoxes:
    """What a source of boxes promises."""

    files: int
    boxes: int


_Form = TypeVar("_Form", PromisedLabels, PromisedBoxes)


@dataclass(frozen=True)
class Figure:
    """A figure that a source promises, and the one found."""

    what: str
    promised: int
    found: int

    def lacks(self, percent: int) -> bool:
        """Tell whether more than so many percent are missing."""
        return 100 * (self.promised - self.found) > percent * self.promised

    def __str__(self) -> str:
        return f"{self.what}: {self.promised:,} promised, {self.found:,} found"


def check_promised(source: Source, delivered: Sequence[Delivered]) -> None:
    """Refuse a delivery that lacks more of what its source promises than may be missing.

    Parameters
    ----------
    source : Source
        Its promises, and ``delivery.may_be_missing``.
    delivered : sequence of Delivered
        All of the delivery.

    Raises
    ------
    SourceError
        With each figure, and what is there in place of it. What merely differs is told aloud.
    """
    percent = source.delivery.may_be_missing
    if percent == 100:
        return
    contents = list(_contents(source, delivered))
    figures = list(figures_of(source.promises, contents))
    lacking = [figure for figure in figures if figure.lacks(percent)]
    name = f"{source.dataset}/{source.key}"
    if lacking:
        raise SourceError(
            ", ".join(str(place) for place in {_root(file) for file in delivered}),
            f"not what {name} promises: more than {percent} % of it is missing",
            expected="\n".join(f"{figure.what}: {figure.promised:,}" for figure in lacking),
            found="\n".join(f"{figure.what}: {figure.found:,}" for figure in lacking)
            + f"\nin all: {_kinds(contents)}",
            done="nothing pinned, nothing overwritten; the file stays where it is",
            remedy=f"remove it, and get the {source.key} of {source.described_at}; where the "
            "producer gives no more, `may_be_missing` of its delivery in sources.yaml says how "
            "much may be missing",
        )
    differing = [f"  {figure}" for figure in figures if figure.promised != figure.found]
    if differing:
        loud(f"NOT ALL AS PROMISED: {name}", *differing)


def figures_of(promises: dict[str, Any], contents: Sequence[Content]) -> Iterator[Figure]:
    """Give each figure that is promised and can be counted, with what was counted.

    Which figures there are, the names of the promises say (``schemas/sources.schema.json``).
    """
    extension = promises.get("extension")
    if extension is not None:
        images = _images([path for path, _ in contents], extension)
        yield Figure("images", promises["images"], len(images))
        for folder, promised in promises.get("folders", {}).items():
            inside = sum(folder in PurePosixPath(path).parts[:-1] for path in images)
            yield Figure(f"images in {folder}", promised["images"], inside)
    if "trainval" in promises:
        yield from _of_labels(_promised(PromisedLabels, promises), contents)
    if "files" in promises:
        of_boxes = _promised(PromisedBoxes, promises)
        found = [body for path, body in contents if path.lower().endswith(".xml")]
        yield Figure("VOC files", of_boxes.files, len(found))
        yield Figure("boxes in them", of_boxes.boxes, sum(len(_BOX.findall(b)) for b in found))
    if "annotations" in promises:
        document = _document(contents)
        for what in ("images", "annotations"):
            listed = document.get(what)
            number = len(listed) if isinstance(listed, list) else 0
            yield Figure(f"{what} of the document", promises[what], number)
    if "subjects" in promises:
        yield from _of_subjects(promises, contents)


def _promised(form: type[_Form], promises: dict[str, Any]) -> _Form:
    return form(**{field.name: promises[field.name] for field in fields(form)})


def _of_labels(promised: PromisedLabels, contents: Iterable[Content]) -> Iterator[Figure]:
    grades: dict[str, str] = {}
    folds, lines = set(), 0
    for path, body in contents:
        match = _LABEL_FILE.fullmatch(PurePosixPath(path).name)
        if match is None:
            continue
        folds.add(match[2])
        for line in body.decode("utf-8", "replace").splitlines():
            words = line.split()
            if len(words) >= 2:
                lines += 1
                grades[words[0]] = words[1]
    yield Figure("labelled folds", promised.folds, len(folds))
    yield Figure("label lines", promised.folds * (promised.trainval + promised.test), lines)
    counts = Counter(grades.values())
    for grade, images in promised.grades.items():
        yield Figure(f"images of grade {grade}", images, counts[str(grade)])


def _of_subjects(promises: dict[str, Any], contents: Iterable[Content]) -> Iterator[Figure]:
    lines = {
        PurePosixPath(path).stem: [line for line in body.splitlines() if line.strip()]
        for path, body in contents
    }
    for split, promised in promises["splits"].items():
        yield Figure(f"lines of {split}", promised, len(lines.get(split, [])))
    groups = set()
    for line in (line for several in lines.values() for line in several):
        try:
            groups.add(str(json.loads(line)["group"]))
        except (ValueError, KeyError, TypeError):
            # Bad lines are told by `dedupe`, each by its number.
            continue
    yield Figure("subjects", promises["subjects"], len(groups))


def _images(paths: Iterable[str], extension: str) -> list[str]:
    found = [
        path
        for path in paths
        if path.lower().endswith(extension) and not PurePosixPath(path).name.startswith(".")
    ]
    housed = [path for path in found if _IMAGE_FOLDER in PurePosixPath(path).parts[:-1]]
    return housed or found


def _document(contents: Iterable[Content]) -> dict[str, Any]:
    for path, body in contents:
        if path.endswith(".json"):
            try:
                document = json.loads(body)
            except ValueError:
                return {}
            return document if isinstance(document, dict) else {}
    return {}


def _contents(source: Source, delivered: Sequence[Delivered]) -> Iterator[Content]:
    for file in delivered:
        if source.delivery.kind == "archive":
            yield from read_members(file.place, _is_read)
        else:
            yield file.path, file.place.read_bytes() if _is_read(file.path) else b""


def _is_read(path: str) -> bool:
    return path.lower().endswith(_READ)


def _root(file: Delivered) -> Path:
    """The folder that a delivery of many files lies in, or its one file."""
    depth = len(PurePosixPath(file.path).parts) - 1
    return file.place.parents[depth - 1] if depth else file.place


def _kinds(contents: Sequence[Content]) -> str:
    """Say what there is, by extension."""
    kinds = Counter(PurePosixPath(path).suffix.lower() or "no extension" for path, _ in contents)
    told = [f"{number:,} of {kind}" for kind, number in kinds.most_common(_SHOWN_KINDS)]
    return ", ".join(told) if told else "nothing"
