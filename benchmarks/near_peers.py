"""What other tools link in a folder of images, each as its documentation shows it.

Runs in an environment of its own, without this project, and writes one JSON document: for each
method the pairs of paths and the CPU seconds, or the reason why it was not run.

Usage: python benchmarks/near_peers.py FOLDER_OF_IMAGES JSON
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

Pairs = list[tuple[str, str]]
NO_WEIGHTS = "not run: the weights of its network are not to be had from a package registry"


def imagededup(method: str) -> Callable[[Path], Pairs]:
    """Hashes of 64 bits; its default links what differs in 10 of them or less."""

    def link(folder: Path) -> Pairs:
        from imagededup import methods

        found = getattr(methods, method)(verbose=False).find_duplicates(
            image_dir=str(folder), recursive=True
        )
        return _ordered((one, other) for one, others in found.items() for other in others)

    return link


def cleanvision(folder: Path) -> Pairs:
    """Equal perceptual hashes."""
    from cleanvision import Imagelab

    lab = Imagelab(data_path=str(folder), verbose=False)
    lab.find_issues({"near_duplicates": {}}, verbose=False)
    root = folder.resolve()
    return _ordered(
        (str(Path(one).resolve().relative_to(root)), str(Path(other).resolve().relative_to(root)))
        for same in lab.info["near_duplicates"]["sets"]
        for one, other in combinations(same, 2)
    )


def _ordered(pairs: Iterable[tuple[str, str]]) -> Pairs:
    return sorted({(min(pair), max(pair)) for pair in pairs})


def _run(link: Callable[[Path], Pairs], folder: Path) -> dict[str, object]:
    start = time.process_time() + sum(_of_children())
    try:
        pairs = link(folder)
    except ImportError as error:
        return {"not run": f"not run: {error}"}
    return {"pairs": pairs, "seconds": time.process_time() + sum(_of_children()) - start}


def _of_children() -> tuple[float, float]:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime, used.ru_stime


def main() -> None:
    folder = Path(sys.argv[1])
    dedup, clean = f"imagededup {version('imagededup')}", f"cleanvision {version('cleanvision')}"
    answers: dict[str, object] = {
        f"{dedup} {method}": _run(imagededup(method), folder) for method in ("PHash", "DHash")
    }
    answers[clean] = _run(cleanvision, folder)
    answers[f"{dedup} CNN"] = {"not run": NO_WEIGHTS}
    Path(sys.argv[2]).write_text(json.dumps(answers), encoding="utf-8")


if __name__ == "__main__":
    main()
