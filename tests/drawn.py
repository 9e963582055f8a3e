"""Drawn portraits, what happens to pictures on their way, and folders of them to compare."""

from __future__ import annotations

import hashlib
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from acne04.core import tables
from acne04.near.registration import FORMS, in_form
from acne04_standin.canvas import Pose, draw_pose
from acne04_standin.chance import Chance
from acne04_standin.face import draw_face
from acne04_standin.lesions import lay_lesions
from acne04_standin.looks import Style, draw_person
from acne04_standin.retakes import draw_motion, draw_retake
from acne04_standin.skin import coarse_factor

STYLE = Style()
SIZE = (389, 432)
#: What is done to pixels that are to be set upright by an EXIF orientation.
LYING = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def pose(person: int, moment: int, size: tuple[int, int] = SIZE) -> Pose:
    """How a person holds still on one occasion."""
    return draw_pose(size, STYLE, Chance("habit", person), Chance("pose", person, moment))


def portrait(
    person: int, moment: int = 0, held: Pose | None = None, size: tuple[int, int] = SIZE
) -> Image.Image:
    """A photograph of a person, in a pose of its own or in one that is given."""
    held = held or pose(person, moment, size)
    lesions = lay_lesions(held, 12, 13, (), Chance("lesions", person, moment))
    looks = draw_person(STYLE, Chance("person", person))
    return draw_face(looks, held, lesions, STYLE, Chance("moment", person, moment))


def retake(person: int, moment: int = 0) -> Image.Image:
    """The portrait of a person, taken again seconds later in another light."""
    motion = draw_motion(SIZE, Chance("motion", person, moment))
    light, factor = Chance("retake", person, moment), coarse_factor(pose(person, moment))
    return draw_retake(portrait(person, moment), motion, factor, STYLE, light)


def captioned(picture: Image.Image) -> Image.Image:
    """A picture above a white bar of a twelfth of its height, with something dark on it."""
    bar = picture.height // 12
    framed = Image.new("RGB", (picture.width, picture.height + bar), (255, 255, 255))
    framed.paste(picture)
    pen, top = ImageDraw.Draw(framed), picture.height + bar // 3
    pen.rectangle((picture.width // 8, top, picture.width // 2, top + bar // 3), fill=(20, 20, 20))
    return framed


def encoded(picture: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    """Bytes of an image file."""
    target = io.BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


def lying(picture: Image.Image, orientation: int) -> bytes:
    """A JPEG whose pixels lie otherwise, with the EXIF orientation that sets them upright."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return encoded(picture.transpose(LYING[orientation]), "JPEG", quality=90, exif=exif)


def cropped(picture: Image.Image, percent: int, where: str) -> Image.Image:
    """What is left of a picture, cut at the sides that `where` does not name."""
    width, height = picture.size
    wide, high = (side * (100 - percent) // 100 for side in (width, height))
    spare_wide, spare_high = width - wide, height - high
    left = {"left": 0, "right": spare_wide}.get(where.rpartition("-")[2], spare_wide // 2)
    top = {"top": 0, "bottom": spare_high}.get(where.partition("-")[0], spare_high // 2)
    return picture.crop((left, top, left + wide, top + high))


def recompressed(picture: Image.Image, quality: int) -> Image.Image:
    """A picture after a pass through JPEG."""
    return Image.open(io.BytesIO(encoded(picture, "JPEG", quality=quality))).convert("RGB")


def with_lesions(picture: Image.Image, number: int) -> Image.Image:
    """A picture with so many round spots more."""
    edited, chance = picture.copy(), random.Random(number)
    pen, (width, height) = ImageDraw.Draw(edited), picture.size
    for _ in range(number):
        x, y = chance.uniform(0.1, 0.9) * width, chance.uniform(0.1, 0.9) * height
        reach = chance.uniform(0.006, 0.018) * width
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=(170, 45, 50))
    return edited


def inpainted(picture: Image.Image, percent: int) -> Image.Image:
    """A picture whose middle part, of so many percent of the area, has been painted anew."""
    edited, (width, height) = picture.copy(), picture.size
    side = round((width * height * percent / 100) ** 0.5)
    box = (width // 3, height // 3, width // 3 + side, height // 3 + side)
    smooth = picture.filter(ImageFilter.GaussianBlur(width / 16))
    edited.paste(smooth.crop(box), box[:2])
    return edited


def bent(picture: Image.Image, percent: float, seed: int) -> Image.Image:
    """The same face photographed anew: a grid of places moved by up to so many percent a side."""
    chance, cells, (width, height) = random.Random(seed), 5, picture.size
    reach = width * percent / 100
    places = [
        [
            (x * width / cells + chance.uniform(-reach, reach),
             y * height / cells + chance.uniform(-reach, reach))
            for y in range(cells + 1)
        ]
        for x in range(cells + 1)
    ]  # fmt: skip
    mesh = []
    for x in range(cells):
        for y in range(cells):
            box = [round((x + i) * width / cells) for i in (0, 1)]
            tall = [round((y + i) * height / cells) for i in (0, 1)]
            corners = (places[x][y], places[x][y + 1], places[x + 1][y + 1], places[x + 1][y])
            mesh.append(((box[0], tall[0], box[1], tall[1]), sum(corners, ())))
    method, resample = Image.Transform.MESH, Image.Resampling.BILINEAR
    return picture.transform(picture.size, method, mesh, resample)


def in_another_form(picture: Image.Image, form: str) -> Image.Image:
    """A picture mirrored or turned, by the name that a verdict gives to it."""
    number = FORMS.index(form)
    bands = [np.asarray(band) for band in picture.split()]
    # in_form() is made for squares; mirroring and turning a picture is the same.
    turned = [Image.fromarray(np.ascontiguousarray(in_form(band, number))) for band in bands]
    return Image.merge(picture.mode, turned)


Change = Callable[[Image.Image], Image.Image]
#: What a copy may have gone through and still has to be found.
CHANGES: dict[str, Change] = {
    **{f"quality-{q}": lambda p, q=q: recompressed(p, q) for q in (85, 50, 20)},
    "a-third": lambda p: p.resize((p.width // 3, p.height // 3)),
    "twice": lambda p: p.resize((p.width * 2, p.height * 2)),
    "squashed-8": lambda p: p.resize((p.width, p.height * 92 // 100)),
    "squashed-25": lambda p: p.resize((p.width, p.height * 3 // 4)),
    "darker": lambda p: ImageEnhance.Brightness(p).enhance(0.6),
    "brighter": lambda p: ImageEnhance.Brightness(p).enhance(1.5),
    "blurred": lambda p: p.filter(ImageFilter.GaussianBlur(2)),
    "grey": lambda p: p.convert("L"),
    **{f"turned-{d}-degrees": lambda p, d=d: p.rotate(d, Image.Resampling.BICUBIC)
       for d in (2, -2, 3, -3)},
    **{f"cropped-{percent}-{where}": lambda p, percent=percent, where=where: cropped(
        p, percent, where)
       for percent in (2, 5, 10)
       for where in ("centre", "top-left", "top-right", "bottom-left", "bottom-right")},
    "40-lesions": lambda p: with_lesions(p, 40),
    "inpainted-15": lambda p: inpainted(p, 15),
    "border-5": lambda p: ImageOps.expand(p, p.width // 20, (0, 0, 0)),
    "edited-cropped-and-recompressed": lambda p: recompressed(
        cropped(with_lesions(p, 25), 5, "top-left"), 50
    ),
}  # fmt: skip


class Folder:
    """Image files below a folder, and the inventory and the subject table that tell of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows: list[dict[str, Any]] = []
        self._subjects: list[dict[str, str]] = []

    def add(
        self,
        path: str,
        data: bytes | Image.Image,
        *,
        origin: str = "real",
        subject: str = "",
        decodable: bool = True,
    ) -> str:
        """Put a file there, and say of it what the arguments say; give its digest."""
        data = data if isinstance(data, bytes) else encoded(data)
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        blank = dict.fromkeys(tables.empty("inventory").columns)
        told = {"dataset": "standin", "path": path, "name": target.name, "origin": origin}
        told |= {"size": len(data), "sha256": digest, "md5": hashlib.md5(data).hexdigest()}
        self._rows.append({**blank, **told, "decodable": decodable, "decoder": "none"})
        if subject:
            self._subjects.append({"path": path, "source": "real", "group": subject})
        return digest

    def write_tables(self) -> None:
        """Write images.csv and the subject table."""
        inventory = tables.from_records("inventory", self._rows)
        tables.write(self.path / "images.csv", "inventory", inventory)
        (self.path / "subjects").mkdir(exist_ok=True)
        for split, part in (("train", self._subjects), ("val", []), ("test", [])):
            lines = [json.dumps({**line, "label": 0, "meta": {}}) + "\n" for line in part]
            (self.path / "subjects" / f"{split}.jsonl").write_text("".join(lines))
