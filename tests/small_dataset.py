"""A data set of a few drawn images in which everything occurs that an export must bear."""

from __future__ import annotations

import hashlib
import io
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from acne04.core import tables

ROOT = Path(__file__).parents[1]
#: Upright size of every image, px.
WIDTH, HEIGHT = 40, 60
#: Images to the folds of ``kfold`` that they validate.
_VALIDATES = {"levle0_6.jpg": "0", "levle3_7.jpg": "1"}
_BLANK = {
    "conflict_counts": "",
    "quarantined_v2": None,
    "conflict_counts_v2": "",
    "validates": "",
    "mark": "",
    "excluded": "",
}


@dataclass
class Drawn:
    """An image: where it lies, what is known of it, and where the manifests place it."""

    path: str
    grade: int | None
    holdout: str
    boxes: list[tuple[int, int, int, int]] | None = None
    circles: list[tuple[int, int, int]] | None = None
    image_id: str = ""
    fold: int | None = None
    kind: str = "JPEG"
    orientation: int = 1
    copy_of: str = ""
    excluded: str = ""
    content: bytes = field(default=b"", repr=False)

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def origin(self) -> str:
        return "synthetic" if self.path.startswith("acnedit/") else "real"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def images() -> list[Drawn]:
    """Give the images, without their bytes."""
    one, two = "classification/JPEGImages/", "acnedit/levle2_generated/"
    return [
        Drawn(
            f"{one}levle0_1.jpg",
            0,
            "train",
            [(1, 2, 9, 12), (20, 30, 25, 38)],
            [(5, 9, 3), (38, 58, 4)],
            fold=0,
        ),
        Drawn(
            f"{one}levle1_2.jpg", 1, "train", [(3, 4, 13, 24)], [(20, 10, 5)], fold=1, orientation=6
        ),
        Drawn(f"{one}levle1_3.jpg", 1, "train", [], None, fold=0, kind="PNG"),
        Drawn(f"{one}levle2_4.jpg", 2, "train", None, [(7, 7, 2)], fold=1),
        Drawn(
            f"{one}été a.b.jpg",
            3,
            "train",
            [(0, 0, 40, 60), (5, 5, 6, 6), (7, 8, 9, 10)],
            [],
            fold=0,
        ),
        Drawn(
            f"{one}levle3_5.jpg",
            0,
            "",
            [(1, 2, 9, 12)],
            copy_of="levle0_1.jpg",
            excluded="copy-of:levle0_1.jpg",
        ),
        Drawn(f"{one}levle1_9.png", 1, "train", [(2, 2, 4, 4)], fold=1, kind="PNG"),
        Drawn(f"{one}levle1_9.jpg", 1, "train", [(6, 6, 9, 9)], fold=0),
        Drawn(
            f"{one}levle1_8.jpg", 1, "val", [(10, 10, 20, 20)], [(15, 15, 5), (100, 100, 3)], fold=0
        ),
        Drawn(f"{one}levle0_6.jpg", 0, "test", [(9, 9, 11, 12)], [(1, 1, 4)], fold=1),
        Drawn(f"{one}levle3_7.jpg", 3, "test", [(4, 4, 8, 9), (12, 14, 16, 19)], None, fold=0),
        Drawn(f"{two}levle0_1.jpg", 2, "train", image_id="levle0_1~aaaaaaaa.jpg", fold=0),
        Drawn(f"{two}x.JPEG", 3, "train", image_id="x.JPEG"),
        Drawn(f"{two}held.jpg", 2, "", fold=1, excluded="parent-held-out"),
    ]


def make(root: Path) -> list[Drawn]:
    """Make a checkout of it: `data`, and the list of sources."""
    drawn = images()
    generator = np.random.default_rng(4)
    for image in drawn:
        image.image_id = image.image_id or image.name
    for image in drawn:
        source = next((other for other in drawn if other.image_id == image.copy_of), None)
        image.content = source.content if source else _encoded(image, generator)
        path = root / "data/raw" / image.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(image.content)
    (root / "workflow").mkdir(parents=True)
    shutil.copy(ROOT / "workflow/sources.yaml", root / "workflow/sources.yaml")
    _write_tables(root / "data", drawn)
    for variant in ("holdout", "kfold", "published", "paper"):
        rows = [row for image in drawn for row in _rows(image, variant)]
        tables.write_records(root / f"data/splits/{variant}.csv", "splits", rows)
    return drawn


def _encoded(image: Drawn, generator: np.random.Generator) -> bytes:
    size = (WIDTH, HEIGHT) if image.orientation != 6 else (HEIGHT, WIDTH)
    pixels = generator.integers(0, 255, (size[1] // 4, size[0] // 4, 3), dtype=np.uint8)
    picture = Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)
    exif = Image.Exif()
    if image.orientation != 1:
        exif[0x0112] = image.orientation
    stream = io.BytesIO()
    picture.save(stream, image.kind, exif=exif)
    return stream.getvalue()


def _write_tables(data: Path, drawn: list[Drawn]) -> None:
    def blank(name: str) -> dict[str, Any]:
        fields = tables.load_schema(f"{name}.table.json")["fields"]
        return {f["name"]: "" if f["type"] == "string" else None for f in fields} | {
            "dataset": "standin"
        }

    def write(path: str, name: str, records: list[dict[str, Any]]) -> None:
        tables.write_records(data / path, name, [blank(name) | record for record in records])

    write(
        "inventory/images.csv",
        "inventory",
        [
            {"path": i.path, "name": i.name, "origin": i.origin, "grade": i.grade}
            | {"boxes": None if i.boxes is None else len(i.boxes), "size": len(i.content)}
            | {"sha256": i.sha256, "md5": "0" * 32, "width": WIDTH, "height": HEIGHT}
            | {"orientation": i.orientation, "mode": "RGB", "decodable": True, "decoder": "none"}
            for i in drawn
        ],
    )
    write(
        "inventory/boxes.csv",
        "boxes",
        [
            {"name": i.name, "box": number}
            | dict(zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True))
            | dict(zip(("voc_xmin", "voc_ymin", "voc_xmax", "voc_ymax"), box, strict=True))
            for i in drawn
            for number, box in enumerate(i.boxes or ())
        ],
    )
    write(
        "groups/groups.csv",
        "groups",
        [
            {"image_id": i.image_id, "path": i.path, "group": i.image_id, "subject": "sub_1"}
            | {"canonical": i.copy_of or i.image_id}
            for i in drawn
        ],
    )
    annotated = [i for i in drawn if i.circles is not None]
    write(
        "annotations/images.csv",
        "annotated",
        [
            {"v2_image_id": number, "file_name": i.name, "width": WIDTH, "height": HEIGHT}
            | {"lesions_v2": len(i.circles or ()), "quarantined": 0}
            for number, i in enumerate(annotated)
        ],
    )
    circles = [(n, i, c) for n, i in enumerate(annotated) for c in i.circles or ()]
    write(
        "annotations/lesions.csv",
        "lesions",
        [
            {"annotation_id": 50 + number, "v2_image_id": n, "file_name": i.name}
            | {"x": x, "y": y, "radius": r, "crosses_border": False}
            | {"photo_x": x, "photo_y": y, "photo_radius_x": r, "photo_radius_y": r}
            | {"repaired": "divide 100" if number == 0 else ""}
            for number, (n, i, (x, y, r)) in enumerate(circles)
        ],
    )


def _rows(image: Drawn, variant: str) -> list[dict[str, Any]]:
    row = _BLANK | {"dataset": "standin", "variant": variant, "image_id": image.image_id}
    row |= {"path": image.path, "origin": image.origin, "grade": image.grade}
    row |= {"lesions_v1": None if image.boxes is None else len(image.boxes)}
    row |= {"lesions_v2": None if image.circles is None else len(image.circles)}
    row |= {"width": WIDTH, "height": HEIGHT, "size": len(image.content), "sha256": image.sha256}
    row |= {"subject": "sub_1", "group": image.image_id, "fold": None, "weight": None}
    if variant == "paper":
        return [row | {"split": "all"}]
    if variant == "holdout":
        weight = 1.5 if image.holdout == "train" else None
        return [row | {"split": image.holdout, "excluded": image.excluded, "weight": weight}]
    if variant == "kfold":
        is_copy = image.excluded.startswith("copy-of")
        split = "train-only" if image.origin == "synthetic" else "test"
        placed = {"split": "" if is_copy else split, "fold": None if is_copy else image.fold}
        placed["validates"] = _VALIDATES.get(image.image_id, "")
        return [row | placed | {"excluded": image.excluded if is_copy else ""}]
    if image.origin == "synthetic":
        return [row | {"fold": k, "split": "", "excluded": "not-used"} for k in (0, 1)]
    return [
        row | {"fold": k, "split": "test" if (image.fold or 0) == k else "trainval"} for k in (0, 1)
    ]
