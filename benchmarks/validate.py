"""Compare the CPU time of ``acne04 validate`` with the least that any validator does, in one run.

The least: `json.loads` and a plain `jsonschema` validator with the same schema. `acne04 validate`
does that, and in addition looks for duplicate keys, checks the sense of every record and finds the
place of each finding. Imports are paid before, and shown apart.

Usage: python benchmarks/validate.py FILE [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

START = time.process_time()

from jsonschema import Draft202012Validator  # noqa: E402

from acne04.schemas import load_schema  # noqa: E402
from acne04.validate import reading  # noqa: E402
from acne04.validate.examining import examine  # noqa: E402
from acne04.validate.judging import judge  # noqa: E402
from acne04.validate.structure import SCHEMA, structure_problems  # noqa: E402

IMPORTS = time.process_time() - START
TOTAL_LIMIT, MEANING_LIMIT = 4.0, 0.5


def cpu_seconds(rounds: int, work: Callable[[], Any]) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many counts")
    arguments = parser.parse_args()
    data = arguments.file.read_bytes()
    document = json.loads(data)
    plain = Draft202012Validator(load_schema(SCHEMA))
    form = structure_problems(document)
    work: dict[str, Callable[[], Any]] = {
        "json.loads": lambda: json.loads(data),
        "plain jsonschema": lambda: list(plain.iter_errors(document)),
        "parse": lambda: reading.parse(data),
        "schema": lambda: structure_problems(document),
        "meaning": lambda: judge(document, form),
        "all checks and findings": lambda: examine(data, "file.json", tables_wanted=False),
    }
    seconds = {name: cpu_seconds(arguments.rounds, step) for name, step in work.items()}
    least = seconds["json.loads"] + seconds["plain jsonschema"]
    print(f"{len(document['annotations'])} annotations, best of {arguments.rounds} rounds")
    print(f"{'':<26}{'CPU s':>8}{'of the least':>14}")
    for name, taken in seconds.items():
        print(f"{name:<26}{taken:>8.3f}{taken / least:>14.2f}")
    total = IMPORTS + seconds["all checks and findings"]
    print(f"{'with imports':<26}{total:>8.3f}{total / least:>14.2f}")
    print(f"limits: {TOTAL_LIMIT} s with imports, {MEANING_LIMIT} s for meaning")


if __name__ == "__main__":
    main()
