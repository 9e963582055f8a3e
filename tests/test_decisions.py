"""Decisions files: what is refused, what binds a row to its bytes, and the rows that we ship."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from upstreams import GOLDEN, assert_golden

from acne04.cli import main
from acne04.core.errors import SchemaError
from acne04.core.sources import load_source
from acne04.relations import decisions
from acne04.relations.decisions import Decision

ROOT = Path(__file__).parents[1]
EXAMPLES = Path(__file__).parent / "examples" / "decisions"
CASES = sorted(path.name for path in EXAMPLES.iterdir())
A, B, C = ("a" * 64, "b" * 64, "c" * 64)


def decision(**more: str) -> Decision:
    row = {"dataset": "acne04", "kind": "grade", "subject": A, "path": "a.jpg", "target": ""}
    row |= {"decision": "1", "reason": "Seen.", "who": "nobody", "when": "2026-11-23"}
    return Decision(**(row | more), line=2)


# The examples: each folder with what `acne04 decide --check` says of it.


@pytest.mark.parametrize("case", CASES)
def test_every_problem_of_every_file_is_told(
    case: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(EXAMPLES / case)
    files = sorted(path.name for path in Path().glob("*.csv"))
    code = main(["decide", "--check", *files])
    said = capsys.readouterr()
    assert code == (0 if case == "sound" else 1)
    assert_golden(f"decisions/{case}.txt", (code, said.out, said.err))


def test_every_golden_file_belongs_to_an_example() -> None:
    assert [path.stem for path in sorted((GOLDEN / "decisions").glob("*.txt"))] == CASES


def test_the_shipped_files_are_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decide", "--check", "--decisions", str(ROOT / "decisions")]) == 0
    assert capsys.readouterr().out.startswith("4 decisions files")


def test_a_folder_that_lacks_a_file_is_not_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("annotations.csv", "images.csv", "places.csv"):
        (tmp_path / name).write_bytes((ROOT / "decisions" / name).read_bytes())
    assert main(["decide", "--check", "--decisions", str(tmp_path)]) == 1
    assert "relations.csv: no such table" in capsys.readouterr().err


def test_the_shipped_decision_is_on_the_published_file() -> None:
    source = load_source(ROOT / "workflow" / "sources.yaml", "acne04", "v2")
    pinned = {f"v2/{file.path}": file.sha256 for file in source.delivery.files}
    shipped = decisions.load(ROOT / "decisions" / "annotations.csv", "acne04")
    assert [(row.path, row.subject) for row in shipped] == list(pinned.items())


# Loading.


def test_rows_of_another_dataset_are_checked_but_not_given(tmp_path: Path) -> None:
    path = EXAMPLES / "sound" / "annotations.csv"
    assert [row.line for row in decisions.load(path, "acne04")] == [2, 3]
    assert [row.line for row in decisions.load(path, "standin")] == [4]
    broken = tmp_path / "annotations.csv"
    broken.write_text(path.read_text(encoding="utf-8").replace("divide 10,", "divide 0,"))
    with pytest.raises(SchemaError, match="line 4, column decision"):
        decisions.load(broken, "acne04")


def test_no_file_is_no_decision() -> None:
    assert decisions.load(None, "standin") == []


# What binds a decision to its bytes.


def checks(rows: list[Decision], known: dict[str, set[str]]) -> list[tuple[str, str, str]]:
    found = decisions.unapplied(rows, known, "decisions/x.csv")
    return [(f.check, f.severity, f.done.split("(")[0].strip()) for f in found]


def test_a_decision_follows_its_bytes_to_another_path() -> None:
    assert checks([decision()], {"moved/b.jpg": {A}, "a.jpg": {B}}) == []


def test_other_bytes_at_its_path_are_an_error() -> None:
    assert checks([decision()], {"a.jpg": {B}}) == [
        ("decision-subject-changed", "error", "not applied")
    ]


def test_what_was_decided_anew_is_no_error() -> None:
    known = {"a.jpg": {B}}
    assert checks([decision(), decision(subject=B)], known) == []
    # But not by a decision on something else at that path.
    assert len(checks([decision(), decision(subject=B, kind="keep")], known)) == 1
    placed = [decision(kind="place", target=t, subject=s) for t, s in (("kfold", A), ("", B))]
    assert len(checks(placed, known)) == 1
    # Ids of annotations mean something in one file only.
    circles = [
        decision(kind="circles", target=t, subject=s) for t, s in (("ids 1", A), ("ids 9", B))
    ]
    assert checks(circles, known) == []


def test_nothing_of_it_here_is_a_warning() -> None:
    assert checks([decision()], {"other.jpg": {B}}) == [
        ("decision-not-applicable", "warning", "nothing to apply it to")
    ]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"a.jpg": {A}, "b.jpg": {B}}, []),
        ({"elsewhere.jpg": {A}, "b.jpg": {B}}, []),
        ({"a.jpg": {A}, "b.jpg": {C}}, ["decision-subject-changed"]),
        ({"a.jpg": {C}, "b.jpg": {B}}, ["decision-subject-changed"]),
        ({"a.jpg": {A}}, ["decision-not-applicable"]),
        ({}, ["decision-not-applicable"]),
    ],
)
def test_a_pair_holds_only_where_both_are_here(
    known: dict[str, set[str]], expected: list[str]
) -> None:
    row = decision(kind="relation", subject=f"{A}:{B}", path="a.jpg|b.jpg", decision="same")
    assert [check for check, _, _ in checks([row], known)] == expected


DIGESTS = st.sampled_from([A, B, C])
PATHS = st.sampled_from(["a.jpg", "b.jpg", "c.jpg"])


@given(
    rows=st.lists(st.builds(decision, subject=DIGESTS, path=PATHS), max_size=5),
    known=st.dictionaries(PATHS, st.sets(DIGESTS, max_size=2)),
)
def test_every_decision_holds_is_renewed_or_is_reported(
    rows: list[Decision], known: dict[str, set[str]]
) -> None:
    rows = [Decision(**(vars(row) | {"line": n})) for n, row in enumerate(rows, start=2)]
    here = set(itertools.chain.from_iterable(known.values()))
    reported = [f.line for f in decisions.unapplied(rows, known, "x.csv")]
    holding = [row for row in rows if row.subject in here]
    renewed = [
        row.line
        for row in rows
        if row not in holding and known.get(row.path) and row.path in {h.path for h in holding}
    ]
    assert sorted([*reported, *renewed, *(row.line for row in holding)]) == [r.line for r in rows]


# Ids.


@given(st.sets(st.integers(0, 60), min_size=1))
def test_ids_and_their_target_say_the_same(ids: set[int]) -> None:
    target = decisions.id_target(ids)
    ranges = decisions.id_ranges(target)
    assert {n for first, last in ranges for n in range(first, last + 1)} == ids
    assert all(a < b - 1 for (_, a), (b, _) in itertools.pairwise(ranges))
    assert list(decisions.row_problems(decision(kind="circles", decision="quarantine",
                                                target=target))) == []  # fmt: skip
