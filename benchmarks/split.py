"""Compare ``acne04 split`` with the floor and with two simpler splits, in one run.

The floor reads the input tables and writes one manifest: what nobody can do without. The greedy
split places whole persons, largest first, each where it brings the grades nearest to their quotas;
it has no certificate. Stratification image by image knows no persons: what it costs is counted.
Deviations are the largest over grades, total and parts, in images.

The corpus has the size of ACNE04: 1,457 photographs of 604 persons, and 489 synthetic images.
Persons and grades are those of the published subject table where it is given; else the published
numbers (513/633/182/129 by grade, images per person) are drawn together.

Usage: python benchmarks/split.py [--subjects CSV] [--rounds N] [--seed N]
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import hashlib
import io
import json
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
from measuring import Figure, as_table, cpu_seconds, least_cpu, rounded, times

from acne04 import split
from acne04.core import tables
from acne04.split.manifest import VARIANTS

LIMIT = 3.0
#: Images of a person, and how many persons have so many (audit of ACNE04, github.com/GLESAV).
PERSONS = {1: 278, 2: 194, 3: 17, 4: 50, 5: 9, 6: 23, 7: 3, 8: 15, 9: 1, 10: 3, 12: 2, 13: 3}
PERSONS |= dict.fromkeys((15, 17, 19, 20, 21, 22), 1)
GRADES = {0: 513, 1: 633, 2: 182, 3: 129}
SYNTHETIC = {2: 218, 3: 271}
SHARES = {"train": Fraction(65, 100), "val": Fraction(15, 100), "test": Fraction(20, 100)}
INPUTS = ("inventory", "groups", "relations", "folds", "annotated")


@dataclass(frozen=True)
class Photograph:
    """A real image: file name, person, grade."""

    name: str
    person: str
    grade: int


def draw_photographs(seed: int) -> list[Photograph]:
    """Draw who has which grade, with the published numbers."""
    chance = random.Random(seed)
    # Grades in order along the persons, then some exchanged: most persons have one grade.
    grades = [grade for grade, images in GRADES.items() for _ in range(images)]
    for _ in range(len(grades) // 6):
        a, b = chance.randrange(len(grades)), chance.randrange(len(grades))
        grades[a], grades[b] = grades[b], grades[a]
    sizes = [size for size, persons in PERSONS.items() for _ in range(persons)]
    chance.shuffle(sizes)
    persons = [f"sub_{n:06}" for n, size in enumerate(sizes) for _ in range(size)]
    return [
        Photograph(f"r{number:04}.jpg", person, grade)
        for number, (person, grade) in enumerate(zip(persons, grades, strict=True))
    ]


def read_photographs(path: Path) -> list[Photograph]:
    """Read the published subject table."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            Photograph(row["file_name"], row["subject"], int(row["label"]))
            for row in csv.DictReader(stream)
        ]


def make_tables(photographs: list[Photograph]) -> dict[str, pd.DataFrame]:
    """Make the input tables of the verb."""
    synthetic = [
        Photograph(f"s{grade}_{number:04}.jpg", "", grade)
        for grade, images in SYNTHETIC.items()
        for number in range(images)
    ]
    blank = {name: dict.fromkeys(tables.empty(name).columns) for name in INPUTS}
    inventory, groups, relations, folds = [], [], [], []
    first: dict[str, str] = {}
    for number, image in enumerate([*photographs, *synthetic]):
        name, origin = image.name, "real" if image.person else "synthetic"
        digest = hashlib.sha256(name.encode()).hexdigest()
        common: dict[str, Any] = {"dataset": "standin", "path": name, "name": name}
        inventory.append(
            blank["inventory"]
            | common
            | {"origin": origin, "grade": image.grade, "size": 1, "decodable": True}
            | {"sha256": digest, "md5": digest[:32], "decoder": "none"}
        )
        groups.append(
            blank["groups"]
            | {"dataset": "standin", "path": name, "image_id": name, "canonical": name}
            | {"group": image.person or name, "subject": image.person}
            | {"parent_status": "" if image.person else "unknown"}
        )
        known = first.setdefault(image.person or name, name)
        if known != name:
            relations.append(
                blank["relations"]
                | {"dataset": "standin", "kind": "subject", "a": name, "b": known}
                | {"method": "subject-table", "evidence": image.person}
            )
        folds += [
            {"dataset": "standin", "fold": fold, "name": name, "grade": image.grade}
            | {"part": "test" if number % 5 == fold else "trainval"}
            | {"lesions_v1": 1, "line": number + 1}
            for fold in range(5)
            if origin == "real"
        ]
    return {
        "inventory": tables.from_records("inventory", inventory),
        "groups": tables.from_records("groups", groups),
        "relations": tables.from_records("relations", relations),
        "folds": tables.from_records("folds", folds),
        "annotated": tables.empty("annotated"),
    }


def split_words(folder: Path, variant: str) -> list[str]:
    """Words of the command that makes one variant."""
    words = ["--dataset=standin", f"--output={folder}/{variant}", "--balance=synthetic"]
    words += ["--unknown-parent=keep"]
    words += [f"--{name}={folder}/{name}.csv" for name in INPUTS]
    return [*words, "--variants", variant]


def run_split(words: list[str]) -> None:
    """Split in this process."""
    parser = argparse.ArgumentParser()
    split.configure(parser)
    quiet = io.StringIO()
    with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        split.run(split.read_options(parser.parse_args(words)))


def floor(folder: Path, variant: str, manifest: pd.DataFrame) -> None:
    """Read what the variant is made from, write what it makes."""
    for name in INPUTS if variant == "published" else ("inventory", "groups", "annotated"):
        tables.read(folder / f"{name}.csv", name)
    tables.write(folder / "floor.csv", "splits", manifest)


def greedy(photographs: list[Photograph]) -> dict[str, str]:
    """Place whole persons, largest first; give each one's part."""
    vectors: dict[str, list[int]] = {}
    for image in photographs:
        cells = vectors.setdefault(image.person, [0] * (len(GRADES) + 1))
        cells[image.grade] += 1
        cells[-1] += 1
    totals = [sum(cells) for cells in zip(*vectors.values(), strict=True)]
    quota = {part: [share * total for total in totals] for part, share in SHARES.items()}
    missing = {part: list(wanted) for part, wanted in quota.items()}
    parts: dict[str, str] = {}
    for person, cells in sorted(vectors.items(), key=lambda item: (-item[1][-1], item[0])):
        # How much the squares of what is missing shrink, each relative to its quota.
        gain = {
            part: sum(
                (least**2 - (least - more) ** 2) / wanted
                for more, least, wanted in zip(cells, missing[part], quota[part], strict=True)
            )
            for part in SHARES
        }
        part = parts[person] = max(gain, key=lambda part: gain[part])
        missing[part] = [least - more for more, least in zip(cells, missing[part], strict=True)]
    return {image.name: parts[image.person] for image in photographs}


def stratified(photographs: list[Photograph], seed: int) -> dict[str, str]:
    """Deal the images of each grade by themselves, whoever is on them; give each one's part."""
    chance, placed = random.Random(seed), {}
    for grade in GRADES:
        names = [image.name for image in photographs if image.grade == grade]
        chance.shuffle(names)
        ends = [round(len(names) * share) for share in (SHARES["train"], 1 - SHARES["test"])]
        for number, name in enumerate(names):
            placed[name] = list(SHARES)[sum(number >= end for end in ends)]
    return placed


def judged(photographs: list[Photograph], placed: dict[str, str]) -> str:
    """Say how far a placing is from the quotas, and how many of its test images leak."""
    deviations = []
    for grades in [*({grade} for grade in GRADES), set(GRADES)]:
        names = [image.name for image in photographs if image.grade in grades]
        for part, share in SHARES.items():
            have = sum(placed[name] == part for name in names)
            deviations.append(abs(have - share * len(names)))
    trained = {image.person for image in photographs if placed[image.name] == "train"}
    tested = [image.person for image in photographs if placed[image.name] == "test"]
    leaks = sum(person in trained for person in tested)
    people = f"{leaks} of {len(tested)} test images show a person of the training part"
    return f"deviation {rounded(float(max(deviations)))}; {people}"


def measure(subjects: Path | None, seed: int, rounds: int) -> list[Figure]:
    """Measure every variant, then the simpler splits."""
    photographs = read_photographs(subjects) if subjects else draw_photographs(seed)
    corpus = f"{len(photographs):,} {'published' if subjects else 'drawn'} names"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for table, rows in make_tables(photographs).items():
            tables.write(folder / f"{table}.csv", table, rows)
        figures = [_variant(folder, variant, corpus, rounds) for variant in VARIANTS]
    return [*figures, *_simpler(photographs, seed, rounds)]


def _variant(folder: Path, variant: str, corpus: str, rounds: int) -> Figure:
    words = split_words(folder, variant)
    command = least_cpu(["acne04", "split", *words], rounds)
    work = cpu_seconds(lambda: run_split(words), rounds)
    manifest = tables.read(folder / variant / f"{variant}.csv", "splits")
    least = cpu_seconds(lambda: floor(folder, variant, manifest), rounds)
    against = f"without start and imports {rounded(work)} s, "
    against += times(work, least, "reading and writing the tables")
    document = json.loads((folder / variant / "certificates.json").read_text(encoding="utf-8"))
    if certificate := document["variants"].get(variant):
        deviation = rounded(float(Fraction(certificate["largest_deviation"])))
        proof = "proved optimal" if certificate["optimal"] else "not proved optimal"
        against += f"; deviation {deviation}, {proof}"
    return Figure(f"split {variant} ({corpus})", command, "s CPU", LIMIT, against)


def _simpler(photographs: list[Photograph], seed: int, rounds: int) -> Iterator[Figure]:
    for name, place in (
        ("peer of holdout: greedy, largest person first", lambda: greedy(photographs)),
        ("peer of holdout: stratified image by image", lambda: stratified(photographs, seed)),
    ):
        seconds = cpu_seconds(place, rounds)
        against = f"in memory; {judged(photographs, place())}"
        yield Figure(name, seconds, "s CPU", None, against)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subjects", type=Path, metavar="CSV", help="published subject table")
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many counts")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(as_table(measure(arguments.subjects, arguments.seed, arguments.rounds)))


if __name__ == "__main__":
    main()
