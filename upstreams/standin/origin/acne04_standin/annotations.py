"""Writes down what the stand-in's images show, in the formats of the upstreams."""

from __future__ import annotations

import json
from collections.abc import Sequence
from xml.sax.saxutils import escape

from acne04_standin.chance import Chance
from acne04_standin.figures import BROKEN_FACTOR, BROKEN_NAME, Figures, Size
from acne04_standin.lesions import Lesion
from acne04_standin.people import NoPlanError
from acne04_standin.photographs import Studio
from acne04_standin.roster import FOLDS, RealImage, Roster

#: The fold whose two files have CRLF line ends, as some copies of the original have.
CRLF_FOLD = 4
#: One annotation file in so many names another extension, another owner.
_OTHER_EXTENSION, _OWNED = 60, 3


def label_files(roster: Roster) -> dict[str, str]:
    """Texts of the ten label files, by name: ``name  grade  count`` in each line."""
    texts = {}
    for fold in range(FOLDS):
        end = "\r\n" if fold == CRLF_FOLD else "\n"
        for part, inside in (("test", True), ("trainval", False)):
            texts[f"NNEW_{part}_{fold}.txt"] = "".join(
                f"{image.name}  {image.grade}  {image.boxes}{end}"
                for image in roster.images
                if (fold in image.test_folds) == inside
            )
    return texts


def voc_document(name: str, frame: Size, boxes: Sequence[Lesion], number: int) -> str:
    """Pascal VOC annotation of one image; boxes are clipped to the frame, first pixel 1.

    Parameters
    ----------
    name : str
        File name of the image.
    frame : (int, int)
        Width and height in pixels.
    boxes : sequence of Lesion
        One object each.
    number : int
        Place of the image in the corpus; decides upon the oddities.
    """
    shown = name.replace(".jpg", ".png") if number % _OTHER_EXTENSION == 7 else name
    owner = (
        "\t<owner>\n\t\t<flickrid>?</flickrid>\n\t\t<name>acne04 stand-in</name>\n\t</owner>\n"
        if number % _OWNED == 0
        else ""
    )
    return (
        "<annotation>\n\t<folder>VOC2007</folder>\n"
        f"\t<filename>{escape(shown)}</filename>\n"
        "\t<source>\n\t\t<database>acne04 stand-in</database>\n\t</source>\n"
        f"{owner}"
        f"\t<size>\n\t\t<width>{frame[0]}</width>\n\t\t<height>{frame[1]}</height>\n"
        "\t\t<depth>3</depth>\n\t</size>\n\t<segmented>0</segmented>\n"
        + "".join(_voc_object(frame, lesion) for lesion in boxes)
        + "</annotation>\n"
    )


def _voc_object(frame: Size, lesion: Lesion) -> str:
    left, top = max(1, lesion.x + 1 - lesion.radius), max(1, lesion.y + 1 - lesion.radius)
    right = min(frame[0], lesion.x + 1 + lesion.radius)
    bottom = min(frame[1], lesion.y + 1 + lesion.radius)
    return (
        "\t<object>\n\t\t<name>fore</name>\n\t\t<pose>Unspecified</pose>\n"
        "\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n\t\t<bndbox>\n"
        f"\t\t\t<xmin>{left}</xmin>\n\t\t\t<ymin>{top}</ymin>\n"
        f"\t\t\t<xmax>{right}</xmax>\n\t\t\t<ymax>{bottom}</ymax>\n"
        "\t\t</bndbox>\n\t</object>\n"
    )


def circle_document(roster: Roster, studio: Studio, figures: Figures, seed: int) -> str:
    """Text of the v2 file: one line, as the published one."""
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    for image_id, image in enumerate(_circle_order(roster, figures, Chance(seed, "v2"))):
        name = roster.images[image].name
        width, height = studio.frames[image]
        images.append({"id": image_id, "file_name": name, "height": height, "width": width})
        for place, (x, y, radius) in enumerate(studio.marks[image].circles or ()):
            broken = name == BROKEN_NAME and place < figures.broken
            factor = BROKEN_FACTOR if broken else 1
            annotations.append(
                {
                    "id": len(annotations),
                    "image_id": image_id,
                    "radius": radius * factor,
                    "coordinates": [x * factor, y * factor],
                    "class_name": "acne",
                }
            )
    info = {
        "version": "2.0",
        "description": "Stand-in for the ACNE04 v2 annotations: drawn lesions, not the real file",
        "year": 2023,
        "contributor": "acne04 standin",
    }
    return json.dumps({"images": images, "annotations": annotations, "info": info})


def _circle_order(roster: Roster, figures: Figures, chance: Chance) -> list[int]:
    """Images in the order of their ids: shuffled, the broken one where it is known to stand."""
    known = [i for i, image in enumerate(roster.images) if image.circles is not None]
    broken = next(i for i in known if roster.images[i].name == BROKEN_NAME)
    others = chance.shuffled([i for i in known if i != broken])
    if figures.broken_image_id is None or figures.broken_first_id is None:
        place = len(others) * 3 // 4
        return [*others[:place], broken, *others[place:]]
    before, after = others[: figures.broken_image_id], others[figures.broken_image_id :]
    _swap_to_sum(before, after, figures.broken_first_id, roster.images, chance)
    return [*before, broken, *after]


def _swap_to_sum(
    before: list[int],
    after: list[int],
    total: int,
    images: Sequence[RealImage],
    chance: Chance,
) -> None:
    """Exchange images until those of `before` have `total` circles."""

    def circles(image: int) -> int:
        return images[image].circles or 0

    missing = total - sum(map(circles, before))
    for _ in range(200_000):
        if missing == 0:
            return
        mine, other = chance.below(len(before)), chance.below(len(after))
        gain = circles(after[other]) - circles(before[mine])
        if abs(missing - gain) < abs(missing):
            before[mine], after[other] = after[other], before[mine]
            missing -= gain
    raise NoPlanError("the annotations cannot be brought into their order")


def subject_files(roster: Roster) -> dict[str, str]:
    """Texts of the subject table: one JSON object per line, a file per part of the split."""
    texts = {"train.jsonl": "", "val.jsonl": "", "test.jsonl": ""}
    for image in roster.images:
        row = {
            "path": f"data/raw/acne04/{image.name}",
            "label": image.grade,
            "source": "real",
            "group": image.subject,
            "meta": {},
        }
        texts[f"{image.part}.jsonl"] += json.dumps(row) + "\n"
    return texts
