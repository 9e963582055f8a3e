"""Compare ``acne04 validate`` with the least that any validator does, in one run.

The least: `json.loads` and a plain `jsonschema` validator with the same schema. `acne04 validate`
does that, and in addition looks for duplicate keys, checks the sense of every record and finds the
place of each finding.

Usage: python benchmarks/validate.py FILE [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from measuring import ROOT, Figure, as_table, cpu_seconds, least_cpu, rounded, times
from plain_jsonschema import plain_validation

from acne04.core.schemas import load_schema, schema_folder
from acne04.validate.command import OUTPUTS
from acne04.validate.echoes import find_echoes
from acne04.validate.examination import examine
from acne04.validate.soundness import judge
from acne04.validate.structure import SCHEMA, structure_problems

COMMAND_LIMIT, MEANING_LIMIT, ECHO_LIMIT = 4.0, 0.5, 20.0


def measure(file: Path, rounds: int) -> list[Figure]:
    """Measure the validation of one annotation file."""
    document = json.loads(file.read_bytes())
    name = f"validate {len(document['annotations']):,} circles"
    return [*commands(file, name, rounds), *checks(file, name, rounds)]


def commands(file: Path, name: str, rounds: int) -> list[Figure]:
    """Measure whole commands, start and imports included."""
    plain: list[str | Path] = [
        sys.executable,
        str(ROOT / "benchmarks" / "plain_jsonschema.py"),
        file,
    ]
    least = least_cpu([*plain, schema_folder() / SCHEMA], rounds)
    # 1: the data is wrong. The published file has 49 broken circles.
    alone = least_cpu(["acne04", "validate", file, "--json"], rounds, allowed=(0, 1))
    with tempfile.TemporaryDirectory() as folder:
        words = ["--as-stage", "--dataset=standin", *(f"--{o}={folder}/{o}" for o in OUTPUTS)]
        stage = least_cpu(["acne04", "validate", file, *words], rounds)
    script = "a script with `json.loads` and plain jsonschema"
    return [
        Figure(f"{name}: {what}", seconds, "s CPU", COMMAND_LIMIT, times(seconds, least, script))
        for what, seconds in (
            ("`acne04 validate --json`", alone),
            ("as a stage, tables written", stage),
        )
    ]


def checks(file: Path, name: str, rounds: int) -> list[Figure]:
    """Measure the checks in this process, imports paid before."""
    data = file.read_bytes()
    document, schema = json.loads(data), load_schema(SCHEMA)
    form = structure_problems(document)
    parsing = cpu_seconds(lambda: json.loads(data), rounds)
    least = cpu_seconds(lambda: plain_validation(data, schema), rounds)
    every = cpu_seconds(lambda: examine(data, "file.json", tables_wanted=False), rounds)
    meaning = cpu_seconds(lambda: judge(document, form), rounds)
    verdict = judge(document, form)
    images, circles = (table[~table["bad"]] for table in (verdict.images, verdict.circles))
    echoes = cpu_seconds(lambda: find_echoes(images, circles), rounds)
    peer = f"`json.loads` ({rounded(parsing)} s) and plain jsonschema"
    return [
        Figure(f"{name}: all checks and findings", every, "s CPU", None, times(every, least, peer)),
        Figure(
            f"{name}: checks of meaning",
            meaning,
            "s CPU",
            MEANING_LIMIT,
            f"{meaning / every:.0%} of all checks",
        ),
        Figure(
            f"{name}: annotation echoes",
            echoes,
            "s CPU",
            ECHO_LIMIT,
            f"{len(find_echoes(images, circles))} pairs of images",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many counts")
    arguments = parser.parse_args()
    print(as_table(measure(arguments.file, arguments.rounds)))


if __name__ == "__main__":
    main()
