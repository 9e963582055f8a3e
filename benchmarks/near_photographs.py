"""Measure near-duplicates on somebody's own photographs; what is told holds figures only.

Copies of some of them are made in a folder that nobody else can read and that is gone afterwards.
"""

from __future__ import annotations

import csv
import json
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from near_corpus import Corpus, Recipe
from near_judge import Tally, interval, judge
from near_methods import Run, run_near
from near_tables import recall_table
from near_transforms import HARDER, copy_of
from near_truth import Pair, Planted, Truth, pair_of
from PIL import Image, ImageOps

from acne04.core import tables
from acne04.core.errors import UsageError
from acne04.core.imaging import read_image
from acne04_standin.chance import Chance
from acne04_standin.variants import KINDS

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp"})
_VERDICTS = ("same", "review", "retake", "undecidable")
_SHOWN = 20


@dataclass
class _Made:
    """Everything that is compared: persons, copies and digests by path below the folder."""

    person: dict[str, str] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, object]] = field(default_factory=list)
    #: Kind and original of each copy.
    copies: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, path: str, data: bytes, person: str) -> None:
        """Take in a file."""
        reading = read_image(data)
        told = {"dataset": "acne04", "path": path, "name": Path(path).name, "origin": "real"}
        told |= {"size": str(reading.size), "decoder": "none"}
        self.rows.append(
            {
                **dict.fromkeys(tables.empty("inventory").columns),
                **told,
                "size": reading.size,
                "decodable": not reading.problem,
                "sha256": reading.sha256,
                "md5": reading.md5,
            }
        )
        self.person[path], self.sha256[path] = person, reading.sha256


def measure(folder: Path, subjects: Path, number: int, seed: int) -> str:
    """Measure on a folder of photographs; Markdown with figures, and names of natural pairs only.

    Parameters
    ----------
    folder : pathlib.Path
        Photographs, in folders at any depth.
    subjects : pathlib.Path
        CSV with the columns ``file_name`` and ``subject``.
    number : int
        Originals of which copies are made: one a person.
    seed : int
        Chooses them, and what is done to them.
    """
    person = _persons(subjects)
    photographs = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()
    )
    if not photographs:
        raise UsageError(
            str(folder), "no photograph lies there", found="no image file", remedy="name another"
        )
    with _private_folder() as scratch:
        corpus = Corpus(Recipe("own", (seed,)), scratch)
        made = _gather(photographs, person, corpus.raw)
        originals = _one_a_person(made, Chance(seed, "originals"))[:number]
        _copy(made, originals, corpus.raw, Chance(seed, "copies"))
        _write_tables(made, corpus)
        run = run_near(corpus, scratch / "near", dataset="acne04")
        return _report(run, made, len(photographs), len(originals), seed)


@contextmanager
def _private_folder() -> Iterator[Path]:
    """Give a folder of mode 700 that is gone afterwards, also after Ctrl-C or a polite kill."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    scratch = Path(tempfile.mkdtemp(prefix="near-"))
    try:
        yield scratch
    finally:
        # A second Ctrl-C must not leave faces behind.
        interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
        shutil.rmtree(scratch)
        for number, handler in {**before, signal.SIGINT: interrupted}.items():
            signal.signal(number, handler)


def _persons(subjects: Path) -> dict[str, str]:
    with subjects.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        missing = {"file_name", "subject"} - set(rows.fieldnames or ())
        if missing:
            raise UsageError(
                str(subjects),
                "a column is missing",
                expected="file_name and subject",
                found=", ".join(rows.fieldnames or ()) or "no header",
                remedy="name the columns so",
            )
        return {row["file_name"]: row["subject"] for row in rows}


def _gather(photographs: Sequence[Path], person: Mapping[str, str], raw: Path) -> _Made:
    """Link the photographs under names of their own; those of unknown persons, too."""
    made = _Made()
    raw.mkdir(parents=True)
    for path in photographs:
        name = path.name
        while name in made.person:
            name = f"again-{name}"
        (raw / name).symlink_to(path.absolute())
        made.add(name, path.read_bytes(), person.get(path.name, ""))
    return made


def _one_a_person(made: _Made, chance: Chance) -> list[str]:
    """One photograph of each known person, all by chance; of several with one content the first."""
    first = {sha: path for path, sha in sorted(made.sha256.items(), reverse=True)}
    usable = {str(row["path"]) for row in made.rows if row["decodable"]}
    chosen: dict[str, str] = {}
    for path in chance.shuffled(sorted(usable & set(first.values()))):
        if made.person[path]:
            chosen.setdefault(made.person[path], path)
    return list(chosen.values())


def _copy(made: _Made, originals: Sequence[str], raw: Path, chance: Chance) -> None:
    for place, original in enumerate(originals):
        with Image.open(raw / original) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGB")
        for number, kind in enumerate((*KINDS, *HARDER)):
            data = copy_of(picture, kind, place, chance)
            path = f"copy-{place}-{number}.jpg"
            (raw / path).write_bytes(data)
            made.add(path, data, made.person[original])
            made.copies[path] = (kind, original)


def _write_tables(made: _Made, corpus: Corpus) -> None:
    tables.write(corpus.inventory, "inventory", tables.from_records("inventory", made.rows))
    (corpus.raw / "subjects").mkdir()
    lines = [
        json.dumps({"path": path, "label": 0, "source": "real", "group": person, "meta": {}}) + "\n"
        for path, person in made.person.items()
        if person
    ]
    for part, told in (("train", lines), ("val", []), ("test", [])):
        (corpus.raw / "subjects" / f"{part}.jsonl").write_text("".join(told), encoding="utf-8")


def _truth(made: _Made) -> Truth:
    photograph = {sha: sha for sha in made.sha256.values()}
    photograph |= {made.sha256[copy]: made.sha256[of] for copy, (_, of) in made.copies.items()}
    planted = tuple(
        Planted(kind, pair_of(made.sha256[copy], made.sha256[of]))
        for copy, (kind, of) in made.copies.items()
        if made.sha256[copy] != made.sha256[of]
    )
    path = {sha: name for name, sha in sorted(made.sha256.items(), reverse=True)}
    return Truth(path, made.sha256, planted, photograph, {})


@dataclass
class _Counts:
    """Pairs that are not plainly different, by verdict.

    Attributes
    ----------
    natural : Counter of str
        Two photographs of one person.
    altered : Counter of str
        A copy, and another photograph of its person, or a copy of that.
    across : Counter of str
        Of two persons.
    named : list of str
        Each natural pair, with its figures.
    """

    natural: Counter[str] = field(default_factory=Counter)
    altered: Counter[str] = field(default_factory=Counter)
    across: Counter[str] = field(default_factory=Counter)
    named: list[str] = field(default_factory=list)


def _count(run: Run, made: _Made, truth: Truth) -> _Counts:
    counts = _Counts()
    one_photograph = _natural_copies(run, made)
    for row in _verdicts(run):
        a, b = row["path_a"], row["path_b"]
        both = {truth.photograph[row["sha256_a"]], truth.photograph[row["sha256_b"]]}
        if made.person[a] != made.person[b]:
            counts.across[row["verdict"]] += 1
        elif a not in made.copies and b not in made.copies:
            counts.natural[row["verdict"]] += 1
            names = ", ".join(sorted((a, b)))
            figures = f"score {row['score']}, steadiness {row['steadiness'] or 'none'}"
            counts.named.append(f"{row['verdict']}: {names} ({figures})")
        elif len(both) == 2 and pair_of(*both) not in one_photograph:
            counts.altered[row["verdict"]] += 1
    return counts


def _natural_copies(run: Run, made: _Made) -> set[Pair]:
    """Natural pairs that were accepted: their copies are copies of one photograph, too."""
    return {
        pair_of(row["sha256_a"], row["sha256_b"])
        for row in _verdicts(run)
        if row["verdict"] == "same" and not {row["path_a"], row["path_b"]} & made.copies.keys()
    }


def _verdicts(run: Run) -> list[dict[str, str]]:
    with (run.output / "verdicts.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _report(run: Run, made: _Made, photographs: int, originals: int, seed: int) -> str:
    truth = _truth(made)
    counts, tally = _count(run, made, truth), judge(truth, run.said())
    natural = {made.sha256[path] for path in made.person if path not in made.copies}
    persons = len({person for person in made.person.values() if person})
    return "\n".join(
        [
            _rate(counts),
            f"{photographs:,} photographs ({len(natural):,} different ones) of {persons:,} "
            f"persons; {len(made.copies):,} copies of {originals} originals, one a person (seed "
            f"{seed}). {run.pairs:,} pairs were compared. {run.threshold()}\n",
            _pairs_table(counts),
            recall_table(tally),
            f"Time: {run.spent.cpu:.0f} s CPU, {run.spent.wall:.0f} s wall, "
            f"{1000 * run.spent.cpu / len(made.rows):.0f} ms CPU an image; "
            f"{run.memory:,.0f} MiB at most.\n",
            _named(counts, tally),
        ]
    )


def _rate(counts: _Counts) -> str:
    """Say first how often another photograph of a person is taken for the same one."""
    taken, of = counts.altered["same"], counts.altered.total()
    low, high = interval(taken, of)
    natural, asked = counts.natural["same"], counts.natural.total()
    return (
        f"**Retakes taken for one photograph: {taken} of {of}** (95 %: {low:.3f}–{high:.3f}): "
        "pairs of a copy and another photograph of its person that reach the review floor. Of the "
        f"photographs as they are, {natural} of {asked} such pairs were accepted; whether they "
        "are one photograph, only a person can say.\n"
    )


def _pairs_table(counts: _Counts) -> str:
    head = f"| pairs above the review floor | {' | '.join(_VERDICTS)} | limit | met |\n"
    head += f"|---|{'--:|' * len(_VERDICTS)}---|---|\n"
    rows = (
        ("two photographs of one person, as they are", counts.natural, "", ""),
        ("a copy and another photograph of its person, or a copy of that", counts.altered,
         "no *same*", "yes" if not counts.altered["same"] else "**no**"),
        ("across persons", counts.across, "none", "yes" if not counts.across else "**no**"),
    )  # fmt: skip
    return head + "".join(
        f"| {what} | {' | '.join(str(found[v]) for v in _VERDICTS)} | {limit} | {met} |\n"
        for what, found, limit, met in rows
    )


def _named(counts: _Counts, tally: Tally) -> str:
    """Natural pairs by their names; copies have none that mean something to anybody."""
    shown = sorted(counts.named)[:_SHOWN]
    more = len(counts.named) - len(shown)
    lines = [f"- {line}" for line in shown] + ([f"- and {more} more"] if more else [])
    return "Natural pairs above the review floor:\n\n" + "\n".join(lines or ["- none"]) + "\n"
