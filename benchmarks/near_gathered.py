"""Several stand-ins, and what is added to them, gathered as one corpus with one truth."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from near_lookalikes import RETAKE

IMAGES = "classification/Classification/JPEGImages"
_LABELS = "classification/Classification"
#: The numbers of the images of one seed begin with its place.
STEP = 10_000

Record = dict[str, object]


@dataclass
class Gathered:
    """Everything but the images, which are written at once.

    Attributes
    ----------
    raw : Path
        Folder to fill as a run's ``data/raw``.
    real : dict of str to Record
        What truth tells of each real image, by name.
    copies, lookalikes : list of Record
        Near-duplicates, and images that are none: kind, name and original of each.
    synthetic : dict of str to Record
        What truth tells of each synthetic image, by path.
    labels, subjects
        Lines of the label files and records of the subject tables, by name of the file.
    """

    raw: Path
    real: dict[str, Record] = field(default_factory=dict)
    copies: list[Record] = field(default_factory=list)
    lookalikes: list[Record] = field(default_factory=list)
    synthetic: dict[str, Record] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)
    subjects: dict[str, list[Record]] = field(default_factory=dict)

    def unpack(self, upstream: Path, place: int) -> None:
        """Put one stand-in beside the others, under names and persons that are its own."""
        truth = json.loads((upstream / "truth.json").read_text(encoding="utf-8"))
        for name, told in truth["images"].items():
            self.real[real_name(name, place)] = told | {"subject": f"{place}/{told['subject']}"}
        for told in truth["near_duplicates"]:
            names = {key: real_name(told[key], place) for key in ("name", "original")}
            self.copies.append(told | names)
        for told in truth["retakes"]:
            names = {key: real_name(told[key], place) for key in ("name", "original")}
            self.lookalikes.append({"kind": RETAKE, **names})
        for path, told in truth["synthetic"].items():
            self._take_synthetic(upstream / path, path, told, place)
        with tarfile.open(upstream / "Classification.tar") as tar:
            for member in tar:
                if (stream := tar.extractfile(member)) is not None:
                    self._take_real(Path(member.name).name, stream.read(), place)
        for table in sorted((upstream / "subjects").iterdir()):
            lines = table.read_text(encoding="utf-8").splitlines()
            records = _persons(map(json.loads, lines), place)
            self.subjects.setdefault(table.name, []).extend(records)

    def _take_synthetic(self, source: Path, path: str, told: Record, place: int) -> None:
        root, folder, name = path.split("/")
        name = f"{place}-{name}" if place else name
        target = self.raw / "acnedit" / folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
        parent = {"parent": real_name(str(told["parent"]), place)}
        self.synthetic[f"{root}/{folder}/{name}"] = told | parent

    def _take_real(self, name: str, data: bytes, place: int) -> None:
        if name.endswith(".txt"):
            lines = [real_name(line, place) for line in data.decode().splitlines()]
            self.labels.setdefault(name, []).extend(lines)
        else:
            (self.raw / IMAGES).mkdir(parents=True, exist_ok=True)
            (self.raw / IMAGES / real_name(name, place)).write_bytes(data)

    def add(self, name: str, data: bytes, original: str, person: str | None = None) -> None:
        """Add an image that is labelled as another is; its person, too, is that of the other."""
        (self.raw / IMAGES / name).write_bytes(data)
        own: Record = {} if person is None else {"subject": person}
        self.real[name] = self.real[original] | own
        for lines in self.labels.values():
            lines += [line.replace(original, name) for line in lines if line.startswith(original)]
        for records in self.subjects.values():
            same = [r for r in records if str(r["path"]).endswith(f"/{original}")]
            for record in same:
                path = str(record["path"]).replace(original, name)
                records.append(record | {"path": path, "group": person or record["group"]})

    def new_name(self, original: str) -> str:
        """Give a name that no image has, of the grade of another."""
        start, _, _ = original.partition("_")
        return f"{start}_{100 * STEP + len(self.real)}.jpg"

    def write(self, truth: Path) -> None:
        """Write label files, subject tables and truth."""
        for name, lines in self.labels.items():
            _write_lines(self.raw / _LABELS / name, lines)
        for name, records in self.subjects.items():
            _write_lines(self.raw / "subjects" / name, map(json.dumps, records))
        person = {f"{IMAGES}/{name}": told["subject"] for name, told in self.real.items()}
        for path, told in self.synthetic.items():
            parent = self.real[str(told["parent"])]
            person[path.replace("ACNEDIT", "acnedit", 1)] = parent["subject"]
        document = {
            "near_duplicates": self.copies,
            "lookalikes": self.lookalikes,
            "synthetic": self.synthetic,
            "person": person,
        }
        truth.write_text(json.dumps(document, indent=1), encoding="utf-8")


def real_name(name: str, place: int) -> str:
    """Name (or a line that begins with it) of a real image of the `place`-th seed.

    >>> real_name("levle1_12.jpg", 2)
    'levle1_20012.jpg'
    """
    start, _, rest = name.partition("_")
    number, _, end = rest.partition(".")
    return f"{start}_{place * STEP + int(number)}.{end}"


def _persons(records: Iterable[Record], place: int) -> Iterator[Record]:
    for record in records:
        folder, _, name = str(record["path"]).rpartition("/")
        own = {"path": f"{folder}/{real_name(name, place)}", "group": f"{place}/{record['group']}"}
        yield record | own


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
