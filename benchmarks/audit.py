"""Time ``acne04 audit`` in a checkout with a finished run, and its hashing against sha256sum.

The audit hashes every file twice over, by SHA-256 and by MD5; sha256sum by SHA-256 alone.

Usage: python benchmarks/audit.py [CHECKOUT] [--rounds N]
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from measuring import (
    CORES,
    ROOT,
    Figure,
    NotMeasurableError,
    as_table,
    cpu_seconds,
    own_environment,
    rounded,
    spend,
    use_two_cores,
)

from acne04.audit.audited_checkout import hash_files
from acne04.core.hashing import files_below

QUICK_LIMIT, FULL_LIMIT = 5.0, 60.0
#: sha256sum may be at most so much faster: 0.8 × its speed.
HASHING_LIMIT = 1.25


def measure(checkout: Path, rounds: int) -> list[Figure]:
    """Measure both levels, and the hashing of all that lies in ``data/``."""
    levels = [_level(checkout, "quick", QUICK_LIMIT, rounds)]
    levels.append(_level(checkout, "full", FULL_LIMIT, rounds))
    data = checkout / "data"
    return [*levels, _hashing([data / name for name in files_below(data)], rounds)]


def _level(checkout: Path, level: str, limit: float, rounds: int) -> Figure:
    words = ["acne04", "audit", "--level", level]
    environment = own_environment(checkout)
    spent = [spend(words, folder=checkout, environment=environment) for _ in range(rounds)]
    best = min(spent, key=lambda round_: round_.wall)
    told = f"{rounded(best.cpu)} s CPU; {best.output.strip().splitlines()[-1]}"
    return Figure(f"`acne04 audit --level {level}`", best.wall, "s wall", limit, told)


def _hashing(files: Sequence[Path], rounds: int) -> Figure:
    if shutil.which("sha256sum") is None:
        raise NotMeasurableError("sha256sum is not on this machine")
    size = sum(path.stat().st_size for path in files)
    ours = cpu_seconds(lambda: hash_files(files), rounds)
    share = str(-(-len(files) // CORES))
    words = ["xargs", "-0", "-n", share, "-P", str(CORES), "sha256sum"]
    given = "\0".join(map(str, files))
    peer = min(spend(words, given=given).cpu for _ in range(rounds))
    name = f"hashing {len(files):,} files ({size / 1e6:,.0f} MB), SHA-256 with MD5"
    told = f"{rounded(ours)} s CPU to {rounded(peer)} s of sha256sum, {CORES} threads each"
    return Figure(f"{name}: ratio to sha256sum", ours / peer, "×", HASHING_LIMIT, told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkout", type=Path, nargs="?", default=ROOT)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    use_two_cores()
    print(as_table(measure(arguments.checkout.absolute(), arguments.rounds)))


if __name__ == "__main__":
    main()
