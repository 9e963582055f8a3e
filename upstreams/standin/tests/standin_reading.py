"""Reads a written upstream from scratch, with nothing of the package that wrote it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_bipartite_matching
from scipy.spatial import cKDTree

FOLDS = range(5)


def counts(values: Iterable[object]) -> dict[str, int]:
    """How often each value occurs, by its text."""
    return dict(Counter(map(str, values)))


def band(lesions: int) -> int:
    """Grade by Hayashi's bands."""
    return (lesions > 5) + (lesions > 20) + (lesions > 50)


@dataclass(frozen=True)
class Upstream:
    """What lies in a folder that `acne04 standin` wrote."""

    folder: Path

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Members of both archives by path."""
        found = {}
        for archive in ("Classification.tar", "Detection.tar"):
            with tarfile.open(self.folder / archive, "r:") as tar:
                for member in tar:
                    if member.isfile():
                        extracted = tar.extractfile(member)
                        assert extracted is not None
                        found[member.name] = extracted.read()
        return found

    @cached_property
    def images(self) -> dict[str, bytes]:
        """Real images by file name."""
        start = "Classification/JPEGImages/"
        return {n.removeprefix(start): d for n, d in self.files.items() if n.startswith(start)}

    @cached_property
    def synthetic(self) -> dict[str, bytes]:
        """Synthetic images by path."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted((self.folder / "ACNEDIT").rglob("*"))
            if path.is_file()
        }

    def lines(self, part: str, fold: int, root: str = "Classification") -> list[tuple[str, ...]]:
        """Fields of the lines of one label file."""
        text = self.files[f"{root}/NNEW_{part}_{fold}.txt"].decode()
        return [tuple(line.split("  ")) for line in text.splitlines()]

    @cached_property
    def labels(self) -> dict[str, tuple[int, int]]:
        """Grade and count by file name; every file that names an image must say the same."""
        labels: dict[str, set[tuple[int, int]]] = defaultdict(set)
        for fold in FOLDS:
            for part in ("trainval", "test"):
                for name, grade, count in self.lines(part, fold):
                    labels[name].add((int(grade), int(count)))
        assert all(len(found) == 1 for found in labels.values())
        return {name: found.pop() for name, found in labels.items()}

    @cached_property
    def tests(self) -> list[set[str]]:
        """Names in the test part of each fold."""
        return [{name for name, *_ in self.lines("test", fold)} for fold in FOLDS]

    @cached_property
    def boxes(self) -> dict[str, list[tuple[int, int, int, int]]]:
        """Boxes (xmin, ymin, xmax, ymax) by file name."""
        found = {}
        for path, data in self.files.items():
            if path.startswith("Detection/VOC2007/Annotations/"):
                root = ElementTree.fromstring(data)
                assert {e.text for e in root.findall("object/name")} == {"fore"}
                found[Path(path).stem + ".jpg"] = [
                    tuple(int(box.findtext(tag) or "") for tag in ("xmin", "ymin", "xmax", "ymax"))
                    for box in root.findall("object/bndbox")
                ]
        return found  # type: ignore[return-value]

    @cached_property
    def v2(self) -> dict[str, list[dict[str, object]]]:
        """The v2 file."""
        text = (self.folder / "Acne04-v2_annotations.json").read_text(encoding="utf-8")
        assert "\n" not in text
        return json.loads(text)  # type: ignore[no-any-return]

    @cached_property
    def circles(self) -> dict[str, list[tuple[int, int, int]]]:
        """Circles (x, y, radius) by file name, as the file states them."""
        name = {image["id"]: str(image["file_name"]) for image in self.v2["images"]}
        found: dict[str, list[tuple[int, int, int]]] = {n: [] for n in name.values()}
        for annotation in self.v2["annotations"]:
            x, y = annotation["coordinates"]  # type: ignore[misc]
            found[name[annotation["image_id"]]].append((x, y, annotation["radius"]))  # type: ignore[arg-type]
        return found

    @cached_property
    def frames(self) -> dict[str, tuple[int, int]]:
        """Width and height of each real image, upright."""
        found = {}
        for name, data in self.images.items():
            with Image.open(io.BytesIO(data)) as image:
                turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
                found[name] = image.size[::-1] if turned else image.size
        return found

    @cached_property
    def subjects(self) -> dict[str, tuple[str, str]]:
        """Subject and part of the split by file name."""
        found = {}
        for part in ("train", "val", "test"):
            text = (self.folder / "subjects" / f"{part}.jsonl").read_text(encoding="utf-8")
            for row in map(json.loads, text.splitlines()):
                name = row["path"].rsplit("/", 1)[1]
                assert row["label"] == self.labels[name][0]
                assert name not in found
                found[name] = (row["group"], part)
        return found

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """Names of equal bytes; none more than twice."""
        same: dict[str, list[str]] = defaultdict(list)
        for name, data in self.images.items():
            same[hashlib.sha256(data).hexdigest()].append(name)
        several = [names for names in same.values() if len(names) > 1]
        assert all(len(names) == 2 for names in several)
        return [(names[0], names[1]) for names in several]

    @cached_property
    def truth(self) -> dict[str, object]:
        """What the folder says was planted."""
        return json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]

    def broken(self) -> list[dict[str, object]]:
        """Annotations whose centre is outside their image."""
        size = {i["id"]: (i["width"], i["height"]) for i in self.v2["images"]}
        return [
            a
            for a in self.v2["annotations"]
            if not all(
                0 <= at < side
                for at, side in zip(a["coordinates"], size[a["image_id"]], strict=True)  # type: ignore[call-overload]
            )
        ]

    def crossing(self) -> dict[str, int]:
        """Circles across a border, centre inside, by file name."""
        found: Counter[str] = Counter()
        for name, circles in self.circles.items():
            for x, y, r in circles:
                sides = zip((x, y), self.frames[name], strict=True)
                if any(at - r < 0 or at + r > side for at, side in sides) and x < 10_000:
                    found[name] += all(
                        0 <= at < side for at, side in zip((x, y), self.frames[name], strict=True)
                    )
        return {name: number for name, number in found.items() if number}

    def echoes(self, scale: int) -> dict[tuple[str, str], int]:
        """Pairs of one size whose circles coincide, and in how many (a maximum matching)."""
        found = {}
        for size in {self.frames[name] for name in self.circles}:
            names = [n for n in self.circles if self.frames[n] == size]
            owner = [(n, i) for n in names for i in range(len(self.circles[n]))]
            places = np.array([self.circles[n][i][:2] for n, i in owner], dtype=float)
            links: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
            for a, b in cKDTree(places).query_pairs(15 / scale, output_type="ndarray"):
                (first, i), (second, j) = sorted((owner[a], owner[b]))
                if first != second:
                    links[first, second].append((i, j))
            for (first, second), touching in links.items():
                smaller = min(len(self.circles[first]), len(self.circles[second]))
                if len(touching) >= max(3, 0.6 * smaller):
                    rows, columns = np.array(touching).T
                    graph = coo_array((np.ones(len(rows)), (rows, columns))).tocsr()
                    matched = int((maximum_bipartite_matching(graph) >= 0).sum())
                    if matched >= max(3, 0.6 * smaller):
                        found[first, second] = matched
        return found

    def figures(self, scale: int) -> dict[str, object]:
        """The figures of ``truth.json``, counted in the files."""
        prefix = {name: int(re.match(r"levle(\d)_", name)[1]) for name in self.images}  # type: ignore[index]
        grade = {name: label[0] for name, label in self.labels.items()}
        groups: dict[str, list[str]] = defaultdict(list)
        for name, (subject, _) in self.subjects.items():
            groups[subject].append(name)
        several = sorted(len(c) for c in self.circles.values())
        pairs, portrait = self.pairs, (3112 // scale, 3456 // scale)
        return {
            "real": len(self.images),
            "synthetic": counts(path.split("/")[1] for path in self.synthetic),
            "by_label": counts(grade.values()),
            "by_prefix": counts(prefix.values()),
            "prefix_to_label": counts(
                f"{prefix[n]}->{grade[n]}" for n in self.images if prefix[n] != grade[n]
            ),
            "boxes": sum(map(len, self.boxes.values())),
            "identical_pairs": len(pairs),
            "pairs_with_other_grade": sum(grade[a] != grade[b] for a, b in pairs),
            "pairs_with_other_count": sum(self.labels[a][1] != self.labels[b][1] for a, b in pairs),
            "pairs_straddling_fold": [
                sum((a in test) != (b in test) for a, b in pairs) for test in self.tests
            ],
            "fold_test": [len(test) for test in self.tests],
            "subjects": len(groups),
            "subject_sizes": counts(map(len, groups.values())),
            "subjects_with_several_grades": sum(
                len({grade[n] for n in names}) > 1 for names in groups.values()
            ),
            "subjects_by_label": counts(
                g for names in groups.values() for g in {grade[n] for n in names}
            ),
            "most_of_subject_by_label": [
                max(sum(grade[n] == g for n in names) for names in groups.values())
                for g in range(4)
            ],
            "subject_split": counts(part for _, part in self.subjects.values()),
            "portraits": sum(frame == portrait for frame in self.frames.values()),
            "other_sizes": len(set(self.frames.values()) - {portrait}),
            "v2_images": len(self.circles),
            "v2_by_label": counts(grade[n] for n in self.circles),
            "v2_by_prefix": counts(prefix[n] for n in self.circles),
            "v2_circles": sum(several),
            "v2_circles_least": several[0],
            "v2_circles_median": several[len(several) // 2],
            "v2_circles_largest": several[-1],
            "v2_broken": len(self.broken()),
            "v2_crossing_circles": sum(self.crossing().values()),
            "v2_crossing_images": len(self.crossing()),
            "v2_echo_pairs": len(self.echoes(scale)),
            "v2_sizes": len({self.frames[n] for n in self.circles}),
        }
