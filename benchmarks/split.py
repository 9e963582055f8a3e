"""Compare ``acne04 split`` with the floor and with a greedy split, in one run.

The floor reads the input tables and writes one manifest: what nobody can do without. The greedy
split places whole groups, largest first, each where its grades are needed most; it has no
certificate. Deviations are the largest over grades, total and parts, in images. The corpus
has the size of ACNE04: 1,457 photographs of 604 persons with the published numbers of images per
person, 513/633/182/129 by grade, and 489 synthetic images; who has which grade is drawn.

Usage: python benchmarks/split.py [--rounds N] [--seed N]
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import random
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from acne04 import split, tables

LIMIT_SECONDS = 3.0
#: Images of a person, and how many persons have so many (audit of ACNE04, github.com/GLESAV).
PERSONS = {1: 278, 2: 194, 3: 17, 4: 50, 5: 9, 6: 23, 7: 3, 8: 15, 9: 1, 10: 3, 12: 2, 13: 3}
PERSONS |= dict.fromkeys((15, 17, 19, 20, 21, 22), 1)
GRADES = {0: 513, 1: 633, 2: 182, 3: 129}
SYNTHETIC = {2: 218, 3: 271}
SHARES = {"train": Fraction(65, 100), "val": Fraction(15, 100), "test": Fraction(20, 100)}
INPUTS = ("inventory", "groups", "folds", "annotated")


def draw_corpus(seed: int) -> dict[str, pd.DataFrame]:
    chance = random.Random(seed)
    # Grades in order along the persons, then some exchanged: most persons have one grade.
    grades = [grade for grade, images in GRADES.items() for _ in range(images)]
    for _ in range(len(grades) // 6):
        a, b = chance.randrange(len(grades)), chance.randrange(len(grades))
        grades[a], grades[b] = grades[b], grades[a]
    sizes = [size for size, persons in PERSONS.items() for _ in range(persons)]
    chance.shuffle(sizes)
    persons = [f"sub_{n:06}" for n, size in enumerate(sizes) for _ in range(size)]
    real = [
        (f"r{n:04}.jpg", "real", p, g) for n, (p, g) in enumerate(zip(persons, grades, strict=True))
    ]
    made = [
        (f"s{grade}_{n:04}.jpg", "synthetic", "", grade)
        for grade, images in SYNTHETIC.items()
        for n in range(images)
    ]
    blank = {name: dict.fromkeys(tables.empty(name).columns) for name in INPUTS}
    inventory, groups, folds = [], [], []
    for number, (name, origin, person, grade) in enumerate([*real, *made]):
        digest = hashlib.sha256(name.encode()).hexdigest()
        common: dict[str, Any] = {"dataset": "standin", "path": name, "name": name, "grade": grade}
        inventory.append(
            blank["inventory"]
            | common
            | {"origin": origin, "size": 1, "sha256": digest, "md5": digest[:32]}
            | {"decodable": True, "decoder": "none"}
        )
        groups.append(
            blank["groups"]
            | {"dataset": "standin", "path": name, "image_id": name, "canonical": name}
            | {"group": person or name, "subject": person}
        )
        folds += [
            {"dataset": "standin", "fold": fold, "name": name, "grade": grade, "lesions_v1": 1}
            | {"part": "test" if number % 5 == fold else "trainval", "line": number + 1}
            for fold in range(5)
            if origin == "real"
        ]
    return {
        "inventory": tables.from_records("inventory", inventory),
        "groups": tables.from_records("groups", groups),
        "folds": tables.from_records("folds", folds),
        "annotated": tables.empty("annotated"),
    }


def cpu_seconds(work: Callable[[], object], rounds: int) -> float:
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def split_command(folder: Path, variant: str) -> None:
    parser = argparse.ArgumentParser()
    split.configure(parser)
    words = ["--dataset=standin", f"--output={folder}/out", "--balance=synthetic"]
    words += [f"--{name}={folder}/{name}.csv" for name in INPUTS]
    quiet = io.StringIO()
    with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        split.run(parser.parse_args([*words, "--variants", variant]))


def floor(folder: Path, variant: str, manifest: pd.DataFrame) -> None:
    for name in INPUTS if variant == "published" else ("inventory", "groups", "annotated"):
        tables.read(folder / f"{name}.csv", name)
    tables.write(folder / "floor.csv", "splits", manifest)


def greedy(groups: pd.DataFrame, inventory: pd.DataFrame) -> Fraction:
    """Place real groups, largest first; give the largest deviation."""
    rows = inventory.merge(groups, on="path")
    rows = rows[rows["origin"] == "real"]
    counts = pd.crosstab(rows["group"], rows["grade"].astype(int))
    vectors = sorted(counts.to_numpy().tolist(), key=sum, reverse=True)
    totals = [*map(sum, zip(*vectors, strict=True)), len(rows)]
    placed = {part: [0] * len(totals) for part in SHARES}
    quota = {part: [share * total for total in totals] for part, share in SHARES.items()}

    def need(part: str, cells: list[int]) -> Fraction | int:
        return sum(
            more * (wanted - have)
            for have, more, wanted in zip(placed[part], cells, quota[part], strict=True)
        )

    for vector in vectors:
        cells = [*vector, sum(vector)]
        part = max(placed, key=lambda part: need(part, cells))
        placed[part] = [have + more for have, more in zip(placed[part], cells, strict=True)]
    return max(
        abs(have - wanted)
        for part in placed
        for have, wanted in zip(placed[part], quota[part], strict=True)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    corpus = draw_corpus(arguments.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for table, rows in corpus.items():
            tables.write(folder / f"{table}.csv", table, rows)
        print(
            f"{'variant':<10}{'CPU s':>8}{'floor s':>9}{'ratio':>7}{'deviation':>11}{'optimal':>9}"
        )
        for variant in ("published", "paper", "holdout", "kfold"):
            work = cpu_seconds(lambda v=variant: split_command(folder, v), arguments.rounds)
            manifest = tables.read(folder / "out" / f"{variant}.csv", "splits")
            least = cpu_seconds(lambda v=variant, m=manifest: floor(folder, v, m), arguments.rounds)
            document = json.loads((folder / "out" / "certificates.json").read_text())
            entry = document["variants"].get(variant, {})
            deviation = entry.get("largest_deviation", "-")
            optimal = str(entry.get("optimal", "-")).lower()
            late = "" if work < LIMIT_SECONDS else f"  over {LIMIT_SECONDS} s"
            print(
                f"{variant:<10}{work:>8.2f}{least:>9.2f}{work / least:>7.1f}"
                f"{deviation:>11}{optimal:>9}{late}"
            )
        found: list[Fraction] = []
        seconds = cpu_seconds(
            lambda: found.append(greedy(corpus["groups"], corpus["inventory"])), arguments.rounds
        )
        print(
            f"{'greedy':<10}{seconds:>8.2f}{'':>16}{found[0]!s:>11}{'-':>9}   (holdout, in memory)"
        )


if __name__ == "__main__":
    main()
