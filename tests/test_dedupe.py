"""`acne04 dedupe`: every example folder with its whole output, and what must hold for any input.

What must hold for any graph stands in test_dedupe_graph.py.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from upstreams import GOLDEN, assert_golden

from acne04.cli import main
from acne04.core import tables

EXAMPLES = Path(__file__).parent / "examples" / "dedupe"
SOURCES = Path(__file__).parents[1] / "workflow" / "sources.yaml"
CASES = sorted(path.name for path in EXAMPLES.iterdir())
REFUSED = {
    "subject-file-missing": 2,
    "other-dataset": 2,
    "inventory-malformed": 1,
    "verdicts-malformed": 1,
    "decisions-misplaced": 1,
    "near-chains-strangers": 1,
}
TABLES = ("names", "relations", "groups", "review")
#: Read where an example has a file of this name.
OPTIONAL = ("verdicts", "parents", "image-decisions", "relation-decisions")
OUTPUTS = (*(f"{name}.csv" for name in TABLES), "findings.json", "metrics.json")


class Caller:
    """Calls the command in an empty folder, into which the example is copied."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, case: str, *more: str | Path) -> tuple[int, str, str]:
        shutil.copytree(EXAMPLES / case, case)
        words = [f"--{output.split('.')[0]}=out/{output}" for output in OUTPUTS]
        words += ["--dataset=standin", f"--inventory={case}/images.csv"]
        words += [
            f"--{name}={case}/{name}.csv" for name in OPTIONAL if Path(case, f"{name}.csv").exists()
        ]
        self._capsys.readouterr()
        code = main(["dedupe", *words, f"--subjects={case}/subjects", *map(str, more)])
        said = self._capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Caller:
    monkeypatch.chdir(tmp_path)
    return Caller(capsys)


@pytest.mark.parametrize("case", CASES)
def test_every_example_gives_its_golden_output(case: str, call: Caller) -> None:
    outcome = call(case)
    assert outcome[0] == REFUSED.get(case, 0)
    assert_golden(f"dedupe/{case}/said.txt", outcome)
    if case in REFUSED:
        assert not Path("out").exists()
        return
    for output in OUTPUTS:
        golden = GOLDEN / "dedupe" / case / output
        if os.environ.get("ACNE04_WRITE_GOLDEN") == "1":
            shutil.copy(Path("out") / output, golden)
        assert (Path("out") / output).read_bytes() == golden.read_bytes()


def test_every_golden_file_belongs_to_an_example() -> None:
    golden = {path.relative_to(GOLDEN / "dedupe") for path in (GOLDEN / "dedupe").rglob("*.*")}
    made = {Path(case, "said.txt") for case in CASES}
    made |= {Path(case, output) for case in CASES if case not in REFUSED for output in OUTPUTS}
    assert golden == made


def test_broken_promises_are_reported(call: Caller) -> None:
    code, _, _ = call("sound", f"--sources={SOURCES}")
    document = json.loads(Path("out/findings.json").read_text())
    broken = {f["pointer"]: f["found"] for f in document["findings"] if f["file"] == "subjects"}
    assert code == 0
    assert broken == {
        "/promises/images": "5",
        "/promises/subjects": "3",
        "/promises/splits/train": "3",
        "/promises/splits/val": "2",
        "/promises/splits/test": "0",
    }
    # Without verdicts and parents nobody looked for near-duplicates: never read as passed.
    assert [gap["check"] for gap in document["not_run"]] == ["derived-from", "near"]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("--names=out/groups.csv", "--groups out/groups.csv: the file is that of --names, too"),
        ("--groups=sound/images.csv", "the file is that of --inventory, too"),
        ("--metrics=sound/subjects/val.jsonl", "the file is that of val of --subjects, too"),
        ("--findings=sound", "a folder lies there"),
        ("--parents=out/review.csv", "--review out/review.csv: the file is that of --parents, too"),
        ("--verdicts=nowhere.csv", "nowhere.csv: no such table"),
        ("--relation-decisions=nowhere.csv", "nowhere.csv: no such table"),
        ("--subjects=sound/images.csv", "sound/images.csv: not a folder"),
    ],
)
def test_paths_that_cannot_be_meant_are_refused(word: str, said: str, call: Caller) -> None:
    code, _, errors = call("sound", word)
    assert code == 2
    assert said in errors
    assert not Path("out").exists()
    for path in (EXAMPLES / "sound").rglob("*.*"):
        assert Path("sound", path.relative_to(EXAMPLES / "sound")).read_bytes() == path.read_bytes()


def test_without_subjects_every_photograph_is_its_own_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [f"--{output.split('.')[0]}=out/{output}" for output in OUTPUTS]
    inventory = EXAMPLES / "sound" / "images.csv"
    assert main(["dedupe", "--dataset=standin", f"--inventory={inventory}", *words]) == 0
    groups = tables.read(Path("out/groups.csv"), "groups")
    # The one pair of identical bytes stays together.
    assert groups["group"].nunique() == len(groups) - 1
    gaps = json.loads(Path("out/findings.json").read_text())["not_run"]
    assert [gap["check"] for gap in gaps] == ["derived-from", "near", "subjects"]
