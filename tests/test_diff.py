"""What a change does to the dataset: said truly, of states that are a few made-up files."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from acne04 import cli
from acne04.core import documents
from acne04.core.schemas import load_schema
from acne04.diff import artifacts

GOLDEN = Path(__file__).parent / "golden" / "diff"
Tables = dict[str, list[dict[str, object]]]


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _image(name: str, grade: int, content: str = "", **values: object) -> dict[str, object]:
    path = f"classification/{name}"
    return {"path": path, "name": name, "origin": "real", "grade": grade, "lesions_v1": 3} | {
        "size": 9,
        "sha256": _sha(content or name),
        "md5": hashlib.md5((content or name).encode()).hexdigest(),
        "decodable": "true",
        "decoder": "made-up",
        **values,
    }


def _placed(name: str, split: str, grade: int = 0, **values: object) -> dict[str, object]:
    return {"variant": "holdout", "image_id": name, "path": f"classification/{name}"} | {
        "origin": "real",
        "grade": grade,
        "size": 9,
        "sha256": _sha(name),
        "group": name,
        "split": split,
        "weight": 1 if split == "train" else "",
        **values,
    }


def _grouped(name: str, group: str, **values: object) -> dict[str, object]:
    path = f"classification/{name}"
    return {"image_id": name, "path": path, "group": group, "canonical": name, **values}


def _related(kind: str, a: str, b: str) -> dict[str, object]:
    return {"kind": kind, "a": a, "b": b, "method": "made-up", "evidence": "said so"}


def _found(check: str, file: str, found: str) -> dict[str, object]:
    return {"check": check, "severity": "info", "file": file, "pointer": "", "found": found}


BEFORE: Tables = {
    "inventory/images": [_image(f"{n}.jpg", n % 4) for n in range(8)],
    "splits/holdout": [_placed(f"{n}.jpg", "train" if n < 5 else "test", n % 4) for n in range(8)],
    "splits/kfold": [
        _placed(f"{n}.jpg", "test", n % 4, variant="kfold", fold=n % 2) for n in range(8)
    ],
    "splits/published": [
        _placed(f"{n}.jpg", "test" if n % 2 == f else "trainval", variant="published", fold=f)
        for n in range(8)
        for f in (0, 1)
    ],
    "groups/relations": [_related("exact", "0.jpg", "1.jpg"), _related("near", "2.jpg", "3.jpg")],
    "groups/groups": [_grouped(f"{n}.jpg", f"{max(n - n % 2, 0)}.jpg") for n in range(8)],
}
SCHEMAS = {"images": "inventory", "holdout": "splits", "kfold": "splits", "published": "splits"}
FINDINGS = [_found("copy", "0.jpg", "the bytes of 1.jpg"), _found("copy", "2.jpg", "of 3.jpg")]
PARAMS = "dataset: standin\nsplit:\n  ratios: [65, 15, 20]\nnear:\n  rate: 0.000001\n"
SOURCES = "standin:\n  v2:\n    title: Acne04-v2\n    licence:\n      name: MIT\n"
_STORE = "['remote \"store\"']\n    url = ../../store\n    verify = true\n"
CODE = "workflow/acne04/split/heuristics.py"


def _csv(name: str, rows: list[dict[str, object]], *, without: str = "") -> str:
    schema = SCHEMAS.get(name.rpartition("/")[2], name.rpartition("/")[2])
    fields = [field["name"] for field in load_schema(f"{schema}.table.json")["fields"]]
    stream = io.StringIO()
    columns = [field for field in fields if field != without]
    writer = csv.DictWriter(stream, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({**dict.fromkeys(columns, ""), "dataset": "standin", **row} for row in rows)
    return stream.getvalue()


class Lab:
    """A scratch repository with DVC's files, and a cache made by hand."""

    def __init__(self, root: Path) -> None:
        root.mkdir()
        self.root = root
        self.cache = root / ".dvc/cache"
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("dvc.yaml", "stages: {}\n")
        self.write(".gitignore", "/data/\n/.dvc/cache/\n")
        self.write("params.yaml", PARAMS)
        self.write("workflow/sources.yaml", SOURCES)
        self.write("upstreams/standin/pins/v2.csv", "dataset,source,version,path,size,sha256\n")
        self.write("decisions/images.csv", "dataset,kind,subject,path,target,decision\n")
        self.write("requirements.lock", "numpy==2.4.6 \\\n    --hash=sha256:00\n")
        self.write(CODE, "seed = 1\n")

    def git(self, *words: str) -> str:
        identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
        return subprocess.run(
            ["git", *identity, *words], cwd=self.root, check=True, capture_output=True, text=True
        ).stdout.strip()

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8", errors="surrogateescape")

    def run(self, tables: Tables, findings: list[dict[str, object]] | None = None) -> None:
        """Write what a run would: outputs, lock and cache."""
        outs = {f"data/{name}.csv": _csv(name, rows) for name, rows in tables.items()}
        document = {"findings": FINDINGS if findings is None else findings}
        self.record(outs | {"data/groups/findings.json": json.dumps(document)})

    def record(self, outs: dict[str, str]) -> None:
        shutil.rmtree(self.root / "data", ignore_errors=True)
        for path, text in outs.items():
            self.write(path, text)
            self.write(f".dvc/cache/files/md5/{_md5(text)[:2]}/{_md5(text)[2:]}", text)
        stage = {
            "deps": [{"path": CODE, "md5": _md5((self.root / CODE).read_text())}],
            "params": {"params.yaml": {"near": {"rate": "1e-06"}}},
            "outs": [{"path": path, "md5": _md5(text)} for path, text in outs.items()],
        }
        self.write("dvc.lock", yaml.safe_dump({"schema": "2.0", "stages": {"split": stage}}))

    def commit(self, tag: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", tag)
        self.git("tag", tag)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "surrogateescape")).hexdigest()


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    lab = Lab(tmp_path / "lab")
    lab.run(BEFORE)
    lab.commit("before")
    monkeypatch.chdir(lab.root)
    monkeypatch.setattr(artifacts, "cache_folder", lambda: lab.cache)
    return lab


@pytest.fixture
def lab_without_store(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setattr(artifacts, "_pull", lambda wanted: "no store")
    return lab


@pytest.fixture
def diff(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    def call(*words: str, code: int = 0) -> Any:
        target = tmp_path / "diff.json"
        assert cli.main(["diff", *words, "--output", str(target)]) == code, capsys.readouterr().err
        document = json.loads(target.read_text())
        documents.check(document, "diff.schema.json", "the document")
        return document

    return call


def _changes(document: Any, title: str) -> list[tuple[str, str, int]]:
    (section,) = (s for s in document["sections"] if s["title"] == title)
    return [(c["kind"], c["what"], c["count"]) for c in section["changes"]]


def _replaced(tables: Tables, name: str, *rows: dict[str, object]) -> Tables:
    """Give the tables with some rows of one replaced, by image and fold."""

    def key(row: dict[str, object]) -> object:
        return row.get("image_id", row["path"]), row.get("fold")

    given = {key(row): row for row in rows}
    kept = [row for row in tables[name] if key(row) not in given]
    return {**tables, name: [*kept, *rows]}


def test_no_difference_is_said_without_reading_anything(lab: Lab, diff: Any) -> None:
    shutil.rmtree(lab.cache)
    shutil.rmtree(lab.root / "data")
    document = diff("before", "HEAD", "--exit-code")
    assert (document["verdict"], document["sections"]) == ("same", [])
    assert document["before"]["commit"] == lab.git("rev-parse", "before")


def test_the_working_tree_is_what_is_compared_with(lab: Lab, diff: Any) -> None:
    lab.run(_replaced(BEFORE, "splits/holdout", _placed("0.jpg", "test")))
    document = diff("before", "--exit-code", code=1)
    assert document["after"] == {"name": "the working tree", "commit": None, "dataset": "standin"}
    assert ("moved", "train -> test", 1) in _changes(document, "Split holdout")


def test_images_that_come_go_move_or_change(lab: Lab, diff: Any) -> None:
    images = [
        *BEFORE["inventory/images"][:4],
        _image("4.jpg", 0, content="other bytes"),
        _image("5.jpg", 3),
        _image("renamed.jpg", 2, content="6.jpg"),
        _image("new.jpg", 1),
    ]
    lab.run({**BEFORE, "inventory/images": images})
    assert _changes(diff("before"), "Images") == [
        ("added", "images", 1),
        ("removed", "images", 1),
        ("moved", "images, the same bytes elsewhere", 1),
        ("changed", "bytes", 1),
        ("changed", "grade", 1),
    ]


def test_moves_between_parts_with_their_reasons_and_balance(lab: Lab, diff: Any) -> None:
    changed = _replaced(
        BEFORE,
        "splits/holdout",
        _placed("0.jpg", "test"),
        _placed("1.jpg", "", 1, excluded="copy-of:0.jpg"),
        _placed("7.jpg", "train", 3),
        _placed("new.jpg", "train", 2),
    )
    lab.run(changed)
    document = diff("before")
    assert _changes(document, "Split holdout")[:4] == [
        ("added", "not there -> train", 1),
        ("moved", "test -> train", 1),
        ("moved", "train -> excluded: copy-of", 1),
        ("moved", "train -> test", 1),
    ]
    (section,) = (s for s in document["sections"] if s["title"] == "Split holdout")
    assert section["balance"] == [
        {
            "variant": "holdout",
            "part": "test",
            "before": {"1": 1, "2": 1, "3": 1},
            "after": {"0": 1, "1": 1, "2": 1},
        },
        {
            "variant": "holdout",
            "part": "train",
            "before": {"0": 2, "1": 1, "2": 1, "3": 1},
            "after": {"0": 1, "2": 2, "3": 2},
        },
    ]


def test_folds_are_parts_of_kfold_and_copies_of_published(lab: Lab, diff: Any) -> None:
    kfold = _placed("0.jpg", "test", variant="kfold", fold=1)
    tables = {**BEFORE, "splits/kfold": [*BEFORE["splits/kfold"][1:], kfold]}
    published = _placed("0.jpg", "trainval", variant="published", fold=0)
    lab.run(_replaced(tables, "splits/published", published))
    document = diff("before")
    assert _changes(document, "Split kfold") == [("moved", "fold 0 test -> fold 1 test", 1)]
    assert ("moved", "fold 0: test -> trainval", 1) in _changes(document, "Split published")


def test_relations_and_groups(lab: Lab, diff: Any) -> None:
    groups = [
        _grouped(name, group)
        for name, group in (
            ("0.jpg", "0.jpg"),
            ("1.jpg", "1.jpg"),
            ("2.jpg", "2.jpg"),
            ("3.jpg", "2.jpg"),
            ("4.jpg", "2.jpg"),
            ("5.jpg", "2.jpg"),
            ("6.jpg", "6.jpg"),
            ("7.jpg", "6.jpg"),
        )
    ]
    relations = [_related("near", "2.jpg", "3.jpg"), _related("subject", "3.jpg", "4.jpg")]
    lab.run({**BEFORE, "groups/groups": groups, "groups/relations": relations})
    document = diff("before")
    assert _changes(document, "Relations") == [("removed", "exact", 1), ("added", "subject", 1)]
    (section,) = (s for s in document["sections"] if s["title"] == "Groups")
    told = {change["what"]: change["names"] for change in section["changes"]}
    assert told == {
        "groups joined": ["2.jpg + 4.jpg -> 2.jpg"],
        "groups divided": ["0.jpg -> 0.jpg + 1.jpg"],
    }


def test_a_group_of_another_name_is_the_same_group(lab: Lab, diff: Any) -> None:
    groups = [{**row, "group": f"renamed-{row['group']}"} for row in BEFORE["groups/groups"]]
    lab.run({**BEFORE, "groups/groups": groups})
    assert [s["title"] for s in diff("before")["sections"]] == ["Outputs"]


def test_findings_by_check(lab: Lab, diff: Any) -> None:
    lab.run(BEFORE, [FINDINGS[0], _found("near-duplicate", "5.jpg", "shows 6.jpg")])
    (section,) = (s for s in diff("before")["sections"] if s["title"] == "Findings")
    told = [(c["kind"], c["what"], c["before"], c["after"]) for c in section["changes"]]
    assert told == [
        ("removed", "copy (groups)", "2", "1"),
        ("added", "near-duplicate (groups)", "0", "1"),
    ]


def test_what_people_wrote(lab: Lab, diff: Any) -> None:
    lab.write("params.yaml", PARAMS.replace("65, 15, 20", "60, 20, 20"))
    lab.write("workflow/sources.yaml", SOURCES.replace("MIT", "unknown"))
    pins = "dataset,source,version,path,size,sha256\nstandin,v2,1,v2.json,9,00\n"
    lab.write("upstreams/standin/pins/v2.csv", pins)
    lab.write(
        "decisions/images.csv",
        "dataset,kind,subject,path,target,decision\nstandin,grade,00,0.jpg,,2\n",
    )
    document = diff("before")
    assert document["verdict"] == "same-data"
    told = {
        s["title"]: [(c["what"], *c["names"]) for c in s["changes"]] for s in document["sections"]
    }
    assert told == {
        "Parameters": [("split.ratios",)],
        "Sources": [("standin.v2.licence.name",)],
        "Pins": [("upstreams/standin/pins/v2.csv", "v2.json (version 1)")],
        "Decisions": [("decisions/images.csv", "grade 0.jpg: 2")],
    }


def test_who_decided_is_told_with_what(lab: Lab, diff: Any) -> None:
    """A decision in another's name is seen, be it new, altered or only signed anew."""
    head = "dataset,kind,subject,path,target,decision,reason,who,when\n"
    rows = "standin,grade,00,0.jpg,,2,,A. Person,2026-01-01\n"
    rows += "standin,keep,01,1.jpg,,yes,,A,2026-01-01\n"
    lab.write("decisions/images.csv", head + rows)
    lab.git("add", "--all")
    lab.git("commit", "--quiet", "--message", "two decisions")
    altered = rows.replace("A. Person", "B. Person").replace("yes,,A,", "no,,A,")
    altered += "standin,place,02,2.jpg,,x,,,\n"
    lab.write("decisions/images.csv", head + altered)
    document = diff("HEAD")
    (decisions,) = (s for s in document["sections"] if s["title"] == "Decisions")
    assert {name for change in decisions["changes"] for name in change["names"]} == {
        "grade 0.jpg: 2, by B. Person, 2026-01-01 (was: grade 0.jpg: 2, by A. Person, 2026-01-01)",
        "keep 1.jpg: no, by A, 2026-01-01 (was: keep 1.jpg: yes, by A, 2026-01-01)",
        "place 2.jpg: x, by nobody, never",
    }


def test_code_and_packages_and_that_nothing_was_run_since(lab: Lab, diff: Any) -> None:
    assert diff("before")["notes"] == []
    lab.write(CODE, "seed = 2\n")
    lab.write("requirements.lock", "numpy==2.5.0\nscipy==1.0\n")
    document = diff("before")
    assert _changes(document, "Code") == [("changed", "stage split", 1)]
    assert _changes(document, "Packages") == [("added", "packages", 1), ("changed", "numpy", 1)]
    (note,) = document["notes"]
    assert "the outputs of split" in note


def test_a_parameter_changed_since_the_run_is_noted(lab: Lab, diff: Any) -> None:
    lab.write("params.yaml", PARAMS.replace("0.000001", "0.1"))
    assert "the outputs of split" in diff("before")["notes"][0]


def test_another_dataset_is_said_first(
    lab: Lab, diff: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.write("params.yaml", PARAMS.replace("standin", "acne04"))
    document = diff("before")
    assert document["verdict"] == "other-dataset"
    assert document["summary"].startswith("Another dataset: standin before, acne04 after.")
    assert capsys.readouterr().out.splitlines()[1].startswith("Another dataset")


def test_altered_data_is_compared_and_named(lab: Lab, diff: Any) -> None:
    path = lab.root / "data/splits/holdout.csv"
    path.write_text(path.read_text().replace(",train,", ",val,", 1))
    document = diff("before")
    assert ("moved", "train -> val", 1) in _changes(document, "Split holdout")
    assert "data/splits/holdout.csv" in document["notes"][0]


class TestOlderSchema:
    def test_a_column_that_was_not_there_yet(self, lab: Lab, diff: Any) -> None:
        self._record(lab, _csv("splits/holdout", BEFORE["splits/holdout"], without="mark"))
        document = diff("before")
        (note,) = document["notes"]
        assert "another schema than today's: no column mark" in note
        assert not any(s["title"] == "Split holdout" for s in document["sections"])

    def test_a_table_that_was_not_there_yet(self, lab: Lab, diff: Any) -> None:
        lab.run({k: v for k, v in BEFORE.items() if k != "splits/holdout"})
        document = diff("before")
        assert "the working tree has no data/splits/holdout.csv" in document["notes"]
        kinds = {kind for kind, _, _ in _changes(document, "Split holdout")}
        assert kinds == {"removed"}

    @pytest.mark.parametrize("text", ["\udcff", '"', "a,b\n1\n", "a,a\n"], ids=repr)
    def test_what_is_no_table_ends_with_words(
        self, text: str, lab: Lab, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._record(lab, text)
        code = cli.main(["diff", "before"])
        error = capsys.readouterr().err
        assert (code, "Traceback" in error) == ((0, False) if text == "a,a\n" else (2, False))
        assert text == "a,a\n" or "data/splits/holdout.csv of the working tree" in error

    @staticmethod
    def _record(lab: Lab, holdout: str) -> None:
        outs = {f"data/{name}.csv": _csv(name, rows) for name, rows in BEFORE.items()}
        findings = json.dumps({"findings": FINDINGS})
        lab.record(
            {**outs, "data/groups/findings.json": findings, "data/splits/holdout.csv": holdout}
        )


def test_what_the_cache_lacks_comes_from_the_store(lab: Lab, diff: Any, tmp_path: Path) -> None:
    lab.run(_replaced(BEFORE, "splits/holdout", _placed("0.jpg", "test")))
    lab.cache.rename(tmp_path / "store")
    lab.write(".dvc/config", "[core]\n    remote = store\n    no_scm = true\n" + _STORE)
    assert ("moved", "train -> test", 1) in _changes(diff("before"), "Split holdout")
    assert len(list(lab.cache.rglob("files/md5/*/*"))) == 1, "only what differs, and was not here"


class TestImpossible:
    @pytest.mark.parametrize("damage", ["missing", "altered"])
    def test_bytes_that_the_store_has_not(
        self, damage: str, lab: Lab, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        lab.run(_replaced(BEFORE, "splits/holdout", _placed("0.jpg", "test")))
        lab.cache.rename(tmp_path / "store")
        lab.write(".dvc/config", "[core]\n    remote = store\n    no_scm = true\n" + _STORE)
        md5 = _md5(_csv("splits/holdout", BEFORE["splits/holdout"]))
        stored = tmp_path / "store/files/md5" / md5[:2] / md5[2:]
        if damage == "missing":
            stored.unlink()
        else:
            stored.write_text("dataset\n")
        assert cli.main(["diff", "before"]) == 2
        error = capfd.readouterr().err
        assert error.startswith("acne04 diff: data/splits/holdout.csv of before: neither in DVC's")

    def test_bytes_that_are_nowhere(
        self, lab_without_store: Lab, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lab_without_store.run(_replaced(BEFORE, "splits/holdout", _placed("0.jpg", "test")))
        shutil.rmtree(lab_without_store.cache)
        assert cli.main(["diff", "before"]) == 2
        error = capsys.readouterr().err
        assert "data/splits/holdout.csv of before" in error
        assert "dvc fetch --all-commits" in error

    def test_data_that_was_not_pulled(
        self, lab_without_store: Lab, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lab_without_store.run(_replaced(BEFORE, "splits/holdout", _placed("0.jpg", "test")))
        lab_without_store.commit("after")
        shutil.rmtree(lab_without_store.root / "data")
        text = (lab_without_store.root / "dvc.lock").read_text()
        (md5,) = re.findall(r"md5: (\w+)\s+path: data/splits/holdout.csv", text)
        (lab_without_store.cache / "files/md5" / md5[:2] / md5[2:]).unlink()
        assert cli.main(["diff", "before"]) == 2
        assert "`dvc pull`" in capsys.readouterr().err

    @pytest.mark.parametrize("name", ["nowhere", "--help-me", "HEAD:params.yaml", ""])
    def test_no_such_revision(
        self, name: str, lab: Lab, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert cli.main(["diff", "--", name]) == 2
        assert "git knows no such revision" in capsys.readouterr().err

    @pytest.mark.parametrize(
        "text", ["stages: [1", "- 1\n", "stages: [1]", "stages: {a: {outs: [1]}}"]
    )
    def test_a_lock_that_is_none(
        self, text: str, lab: Lab, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lab.write("dvc.lock", text)
        assert cli.main(["diff", "before"]) == 2
        assert "dvc.lock of the working tree" in capsys.readouterr().err

    def test_no_checkout(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["diff", "HEAD", "--root", str(tmp_path)]) == 2
        assert "there is no dvc.yaml" in capsys.readouterr().err

    def test_a_state_without_data_is_compared_all_the_same(self, lab: Lab, diff: Any) -> None:
        lab.git("rm", "--quiet", "dvc.lock")
        lab.commit("nothing")
        lab.run(BEFORE)
        document = diff("HEAD")
        assert "HEAD has no dvc.lock: it holds no data yet" in document["notes"]
        assert ("added", "images", 8) in _changes(document, "Images")


@pytest.mark.parametrize("form", ["txt", "md"])
def test_the_whole_report_is_as_agreed(
    form: str, lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = "9<img src=x>|@all`.jpg"
    changed = _replaced(
        BEFORE,
        "splits/holdout",
        *(_placed(f"{n}.jpg", "test", n % 4) for n in range(5)),
        _placed(hostile, "train", 2),
    )
    changed["inventory/images"] = [*BEFORE["inventory/images"], _image(hostile, 2)]
    lab.write("params.yaml", PARAMS.replace("65, 15, 20", "0, 15, 85"))
    lab.run(changed, [FINDINGS[0]])
    lab.commit("after")
    target = tmp_path / "diff.md"
    assert cli.main(["diff", "before", "after", "--markdown", str(target)]) == 0
    said = target.read_text() if form == "md" else capsys.readouterr().out
    assert said == (GOLDEN / f"report.{form}").read_text()
