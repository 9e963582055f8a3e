"""Check the VOC boxes against the images they lie in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from acne04.core.findings import Finding, FindingKind
from acne04.core.orientation import stored_size, turned_box
from acne04.scan import catalogue
from acne04.scan.image_frames import ImageFrame, frame_of_boxes
from acne04.scan.source_tree import stem_of
from acne04.scan.voc import DECISIVE, Corners, VocFile, VocFormatError, parse_voc

#: The only class of ACNE04's boxes.
LESION_CLASS = "fore"
#: Side of an image whose size nobody knows: beyond any corner. A corner has nine digits at most: so
#: many fit into 32 bits, and no side has as many pixels.
_UNBOUNDED = 1 << 62
_LEFT_OUT = "box left out of the table, still counted for its image"


class BoxRow(NamedTuple):
    """One sound box: file name of its image, its number from 0, its corners (px).

    `upright` has them in the upright image, `stated` as the VOC file has them.
    """

    name: str
    box: int
    upright: Corners
    stated: Corners


@dataclass
class Boxes:
    """What the VOC files say.

    Attributes
    ----------
    rows : list of BoxRow
        Sound boxes.
    counts : dict
        Number of objects in the VOC file of each image, also unsound ones; by file name.
    stems : set of str
        Stems of all VOC files, also malformed ones.
    objects : int
        Objects in all VOC files that can be parsed, also those of no image.
    findings : list of Finding
        One for everything that is not as it should be.
    """

    rows: list[BoxRow] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    stems: set[str] = field(default_factory=set)
    objects: int = 0
    findings: list[Finding] = field(default_factory=list)


def read_boxes(
    texts: dict[str, bytes], names: dict[str, str] | None, frames: dict[str, ImageFrame]
) -> Boxes:
    """Parse the VOC files and join them to images by the stem of their own names.

    Parameters
    ----------
    texts : dict
        Path to bytes of each VOC file.
    names : dict or None
        Stem to file name of each real image; None where the images were not given: then each
        file is taken to belong to ``<stem>.jpg``.
    frames : dict
        File name to the frame of each image whose header can be read.
    """
    boxes = Boxes()
    files: dict[str, str] = {}
    for path in sorted(texts):
        stem = stem_of(path)
        first = files.setdefault(stem, path)
        if first != path:
            boxes.findings.append(_repeated(path, first))
            continue
        try:
            voc = parse_voc(texts[path])
        except VocFormatError as error:
            boxes.findings.append(_malformed(path, error))
            continue
        boxes.objects += len(voc.objects)
        boxes.findings += _repeated_children(path, voc)
        name = f"{stem}.jpg" if names is None else names.get(stem)
        if name is not None:
            _join(boxes, path, name, voc, frames.get(name))
        else:
            boxes.findings.append(_unreferenced(path, stem, len(voc.objects)))
    boxes.stems.update(files)
    return boxes


def _join(boxes: Boxes, path: str, name: str, voc: VocFile, image: ImageFrame | None) -> None:
    boxes.counts[name] = len(voc.objects)
    boxes.findings += _header_findings(path, voc)
    turn, (width, height) = 1, (_UNBOUNDED, _UNBOUNDED)
    if image:
        turn, findings = frame_of_boxes(path, (voc.width, voc.height), image)
        boxes.findings += findings
        width, height = map(int, stored_size((image.width, image.height), turn))
    for number, (label, corners, unusable, repeated) in enumerate(voc.objects):
        if any(child in DECISIVE for child in repeated):
            # Nobody can say which of the two is meant.
            continue
        if corners and label == LESION_CLASS:
            xmin, ymin, xmax, ymax = corners
            if 0 <= xmin < xmax <= width and 0 <= ymin < ymax <= height:
                upright = turned_box(turn, corners, width, height)
                boxes.rows.append(BoxRow(name, number, upright, corners))
                continue
        problem = _problem(label, corners, unusable, (width, height))
        boxes.findings.append(_unsound(path, number, *problem))


def _problem(
    label: str, corners: Corners | None, unusable: str, size: tuple[int, int]
) -> tuple[FindingKind, str, str]:
    """Kind, expected and found of the first thing wrong with an unsound object."""
    if label != LESION_CLASS:
        return catalogue.BOX_CLASS_UNEXPECTED, f"class {LESION_CLASS!a}", f"class {label[:80]!a}"
    if corners is None:
        return catalogue.BOX_MALFORMED, "four integers of at most nine digits (px)", unusable
    xmin, ymin, xmax, ymax = corners
    found = f"x {xmin} to {xmax}, y {ymin} to {ymax}"
    if xmin >= xmax or ymin >= ymax:
        return catalogue.BOX_INVERTED, "xmin < xmax and ymin < ymax", found
    if _UNBOUNDED in size:
        return catalogue.BOX_OUTSIDE_IMAGE, "no corner below 0", found
    return catalogue.BOX_OUTSIDE_IMAGE, f"x 0 to {size[0]}, y 0 to {size[1]}", found


def _header_findings(path: str, voc: VocFile) -> Iterator[Finding]:
    if stem_of(voc.filename.replace("\\", "/")) != stem_of(path):
        yield catalogue.VOC_FILENAME_DIFFERS.at(
            path,
            "/annotation/filename",
            expected=f"a name of stem {stem_of(path)!a}",
            found=f"{voc.filename[:80]!a}",
            done="joined by the VOC file's own name",
        )


def _repeated_children(path: str, voc: VocFile) -> Iterator[Finding]:
    """Report each child that is meant once and stands there again."""
    for pointer, child, times in voc.repeated:
        yield catalogue.VOC_CHILD_REPEATED.at(
            path,
            pointer,
            expected=f"one <{child}>",
            found=f"{times} of them",
            done="the first is taken",
        )
    for number, each in enumerate(voc.objects):
        for child, times in each.repeated.items():
            decisive = child in DECISIVE
            kind = catalogue.BOX_CHILD_REPEATED if decisive else catalogue.VOC_CHILD_REPEATED
            yield kind.at(
                path,
                f"/annotation/object/{number}",
                expected=f"one <{child}>",
                found=f"{times} of them",
                done=_LEFT_OUT if decisive else "box kept: nothing of it is read here",
            )


def _unsound(path: str, number: int, kind: FindingKind, expected: str, found: str) -> Finding:
    pointer = f"/annotation/object/{number}"
    return kind.at(path, pointer, expected=expected, found=found, done=_LEFT_OUT)


def _malformed(path: str, error: VocFormatError) -> Finding:
    return catalogue.VOC_MALFORMED.at(
        path,
        line=error.line,
        expected="a VOC annotation: XML in UTF-8 without a document type",
        found=error.found,
        done="file left out; the image has no boxes",
    )


def _unreferenced(path: str, stem: str, objects: int) -> Finding:
    return catalogue.BOXES_UNREFERENCED.at(
        path,
        expected=f"an image of stem {stem!a}",
        found=f"none, for {objects} boxes",
        done="boxes left out of the table",
    )


def _repeated(path: str, first: str) -> Finding:
    return catalogue.VOC_FILE_REPEATED.at(
        path,
        expected="one VOC file for an image",
        found=f"a second one; the first is {first}",
        done="file left out",
    )
