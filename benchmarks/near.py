"""Measure near-duplicates and synthetic parents on drawn corpora that nobody tuned on.

Writes docs/near-duplicates.md, docs/near-speed.md and the plot beside it. With ``--judge`` it
judges given verdicts instead; with ``--photographs`` it measures on somebody's own photographs and
prints figures only.

Usage: python benchmarks/near.py [--only quality|speed] [--peers PYTHON] [--folder FOLDER] [--trial]
       python benchmarks/near.py --photographs FOLDER --subjects CSV [--originals N] [--seed N]
       python benchmarks/near.py --judge VERDICTS PARENTS --truth JSON --inventory CSV [--list]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import near_growth
import near_photographs
import near_time
from measuring import ROOT, Figure, NotMeasurableError, machine, use_two_cores
from near_corpus import Corpus, Recipe, draw
from near_judge import Tally, judge
from near_methods import ask_peers, hashes_within, run_near
from near_page import PLOT, Judged, quality_page, speed_page
from near_tables import lookalikes_table, recall_table, retake_rate, totals_table
from near_truth import Said, read_said, read_truth

from acne04.core.errors import Acne04Error

#: Nobody tunes on these. Two small stand-ins in the real sizes are about a hundred images.
RECIPES = (
    Recipe(
        "All images, at an eighth of the real size",
        (511,),
        near_duplicates=25,
        more=25,
        lookalikes=100,
    ),
    Recipe("A sample, at the real size", (521, 522), scale=1, fraction=32, more=4, lookalikes=12),
)
OWN = "**acne04 near**"
ON_PHOTOGRAPHS = "## On the real photographs"
GROWING = Recipe("growth", tuple(range(431, 442)), style="default")


def compare(recipe: Recipe, folder: Path, peers: Path | None) -> Judged:
    """Draw a corpus, ask every method, and judge each."""
    _say(f"drawing: {recipe.name}")
    corpus = draw(recipe, folder)
    truth = read_truth(corpus.truth, corpus.inventory)
    _say(f"asking every method: {recipe.name}")
    own, threshold = _own(corpus)
    said: dict[str, Said | str] = {OWN: own}
    said |= {f"pHash ≤ {bits} bits": hashes_within(corpus, bits) for bits in (4, 8)}
    said |= ask_peers(corpus, truth, peers)
    tallies = {name: s if isinstance(s, str) else judge(truth, s) for name, s in said.items()}
    _list(tallies[OWN], corpus)
    return Judged(recipe, len(corpus.images()), threshold, tallies)


def _own(corpus: Corpus) -> tuple[Said | str, str]:
    """Ask our own method; also what it says of its threshold."""
    try:
        run = run_near(corpus, corpus.folder / "near")
    except NotMeasurableError as reason:
        return f"not measured: {reason}", ""
    return run.said(), run.threshold()


def _list(tally: Tally | str, corpus: Corpus) -> None:
    """Leave what was missed beside the corpus, for whoever looks into it."""
    if isinstance(tally, Tally):
        text = "".join(f"{line}\n" for line in tally.listed)
        (corpus.folder / "missed.txt").write_text(text, encoding="utf-8")


def grow(recipe: Recipe, sizes: tuple[int, ...], folder: Path) -> Iterator[near_growth.Point]:
    """Measure the growth; sizes that would take too long are left out."""
    _say("drawing: growth")
    corpus = draw(recipe, folder)
    try:
        for point in near_growth.measure(corpus, sizes, folder):
            _say(f"{point.images:,} images: {point.wall:.1f} s")
            yield point
    except NotMeasurableError as reason:
        _say(f"growth ends here: {reason}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def judge_files(arguments: argparse.Namespace) -> None:
    """Print the tables for given verdicts."""
    truth = read_truth(arguments.truth, arguments.inventory)
    verdicts, parents = (None if name == "-" else Path(name) for name in arguments.judge)
    tally = judge(truth, read_said(verdicts, parents))
    print(retake_rate(tally))
    print(recall_table(tally))
    print(lookalikes_table(tally))
    print(totals_table(tally))
    print(f"wrong pairs in review: {tally.wrong_review}")
    print(f"largest group: {tally.largest} of {tally.contents} different images")
    if arguments.list:
        print("\n".join(tally.listed))


def _on_photographs(arguments: argparse.Namespace) -> int:
    """Measure on somebody's own photographs, and say the figures."""
    if arguments.subjects is None or arguments.originals < 1:
        _say("--photographs needs --subjects CSV, and --originals of at least 1")
        return 2
    use_two_cores()
    try:
        told = near_photographs.measure(
            arguments.photographs, arguments.subjects, arguments.originals, arguments.seed
        )
    except (Acne04Error, NotMeasurableError, OSError) as reason:
        _say(str(reason))
        return 2
    except KeyboardInterrupt:
        _say("interrupted; the copies are deleted")
        return 130
    if arguments.output:
        arguments.output.write_bytes(told.encode())
    else:
        print(told)
    return 0


def measure_all(arguments: argparse.Namespace, folder: Path) -> None:
    """Measure what is asked for, and write its pages."""
    use_two_cores()
    if arguments.only != "speed":
        _write("near-duplicates.md", _quality(arguments, folder), arguments.trial)
    if arguments.only != "quality":
        _speed(folder, arguments.trial)


def _quality(arguments: argparse.Namespace, folder: Path) -> str:
    described = machine()
    recipes: tuple[Recipe, ...] = RECIPES
    if arguments.trial:
        recipes = (replace(RECIPES[0], fraction=32, near_duplicates=1, more=1, lookalikes=3),)
    judged = [
        compare(recipe, folder / f"quality-{place}", arguments.peers)
        for place, recipe in enumerate(recipes)
    ]
    return quality_page(described, judged)


def _speed(folder: Path, trial: bool) -> None:
    described = machine()
    growing, sizes, fraction = GROWING, near_growth.SIZES, RECIPES[0].fraction
    if trial:
        growing, sizes = replace(GROWING, seeds=(301, 302, 303), fraction=32), (50, 100, 150)
        fraction = 32
    times = _timed(folder, fraction)
    points = list(grow(growing, sizes, folder / "growth"))
    _write("near-speed.md", speed_page(described, times, points), trial)
    if len(points) > 1:
        _write(PLOT, near_growth.growth_plot(points), trial)


def _write(name: str, text: str, trial: bool) -> None:
    """Write a page; only print it where it is a trial."""
    if trial:
        print(text)
        return
    page = ROOT / "docs" / name
    # What was measured on photographs that only some people have stays as it is.
    _, heading, kept = page.read_text("utf-8").partition(f"\n{ON_PHOTOGRAPHS}\n")
    page.write_bytes(f"{text}{heading}{kept}".encode())


def _timed(folder: Path, fraction: int) -> list[Figure]:
    _say("timing the default run's stages")
    try:
        return list(near_time.measure(folder / "default", fraction))
    except NotMeasurableError as reason:
        return [Figure("near and dedupe of the default run", None, against=str(reason))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--peers", type=Path, metavar="PYTHON", help="a Python that has imagededup and cleanvision")
    add("--folder", type=Path, help="keep what is drawn here, and take what is drawn already")
    add("--only", choices=("quality", "speed"), help="one of the two pages")
    add("--trial", action="store_true", help="on small corpora, printed only: does this work?")
    add("--judge", nargs=2, metavar=("VERDICTS", "PARENTS"), help="judge these (“-”: without)")
    add("--photographs", type=Path, metavar="FOLDER", help="measure on these instead")
    add("--subjects", type=Path, metavar="CSV", help="their file_name and subject")
    add("--originals", type=int, default=60, metavar="N", help="of so many copies are made (60)")
    add("--seed", type=int, default=0, metavar="N", help="chooses the originals (0)")
    add("--output", type=Path, metavar="FILE", help="write the figures here, not to the terminal")
    add("--truth", type=Path, metavar="JSON")
    add("--inventory", type=Path, metavar="CSV")
    add("--list", action="store_true", help="name each pair that was missed, and each wrong one")
    arguments = parser.parse_args()
    if arguments.judge:
        judge_files(arguments)
        return
    if arguments.photographs:
        sys.exit(_on_photographs(arguments))
    with tempfile.TemporaryDirectory() as scratch:
        measure_all(arguments, arguments.folder or Path(scratch))


if __name__ == "__main__":
    main()
