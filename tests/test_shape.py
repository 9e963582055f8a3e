"""The shape that keeps Snakemake, DVC, the code and the schemas in step."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from acne04.audit.imports import imported_files
from acne04.cli import VERBS

ROOT = Path(__file__).parents[1]
PARAMETERS = "schemas/params.schema.json"
BRIDGE = "snakemake_dvc/src/snakemake_dvc"
STAGES = [
    "fetch",
    "scan",
    "validate",
    "near",
    "dedupe",
    "split",
    "cohort",
    "shortcuts",
    "report",
    "record",
]

_TRACE = """
import sys, pathlib
OURS = ("acne04", "acne04_standin", "snakemake_dvc")
opened = set()
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, pathlib.Path)):
        opened.add(str(arguments[0]))
sys.addaudithook(hook)
from acne04 import cli
assert cli.main(sys.argv[1:]) == 0
root = pathlib.Path(sys.modules["acne04"].__file__).parents[2]
files = {m.__file__ for n, m in sys.modules.items() if n.split(".")[0] in OURS and m.__file__}
files |= {name for name in opened if "/schemas/" in name and name.endswith(".json")}
for name in sorted(files):
    path = pathlib.Path(name).resolve()
    if root in path.parents and ".venv" not in path.parts:
        print("USED", path.relative_to(root))
"""


def _used(*words: str, cwd: Path) -> set[str]:
    """Run a verb, and tell which modules and schemas of the project it really used."""
    done = subprocess.run(
        [sys.executable, "-c", _TRACE, *words], cwd=cwd, capture_output=True, text=True, check=True
    )
    return {line[5:] for line in done.stdout.splitlines() if line.startswith("USED ")}


@pytest.mark.workflow
@pytest.mark.parametrize("verb", STAGES)
def test_the_code_of_a_stage_is_all_it_uses(verb: str, finished, tmp_path: Path) -> None:
    log = finished.command("bash", "-c", f"snakemake --cores 1 -n -p -R {verb} --until {verb}")
    command = _command_of(log.stdout + log.stderr, verb)
    used = _used(*command, cwd=_scratch_copy(finished.path, tmp_path))
    # cli.py and parser.py only parse; what can be imported from the package is no verb's; of the
    # parameters the rule states every one, so that their schema can only refuse.
    package = "workflow/acne04"
    around = {f"{package}/cli.py", f"{package}/parser.py", f"{package}/__init__.py", PARAMETERS}
    assert used - around <= _files_of_stage(verb)


def _files_of_stage(stage: str) -> set[str]:
    """The files of the folders that a stage of ``dvc.yaml`` depends on."""
    entry = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"][stage]
    paths = (path.replace("${dataset}", "standin") for path in entry.get("do", entry)["deps"])
    return {file for path in paths for file in _files_below(path)}


def _files_below(path: str) -> list[str]:
    found = (ROOT / path).rglob("*.py") if (ROOT / path).is_dir() else [ROOT / path]
    return [file.relative_to(ROOT).as_posix() for file in found]


def _command_of(printed: str, verb: str) -> list[str]:
    import shlex

    text = printed.replace("\\\n", " ")
    (line, *_) = (ln for ln in text.splitlines() if ln.strip().startswith("acne04 ") and verb in ln)
    return shlex.split(line)[1:]


def _scratch_copy(project: Path, place: Path) -> Path:
    for name in (
        "data",
        "decisions",
        "schemas",
        "snakemake_dvc",
        "upstream",
        "upstreams",
        "workflow",
    ):
        shutil.copytree(project / name, place / name)
    for name in (".dvcignore", "dvc.yaml", "requirements.lock"):
        shutil.copy(project / name, place / name)
    return place


def test_dvc_yaml_is_what_the_rules_say() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "snakemake_dvc", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_one_word_for_rule_verb_and_stage() -> None:
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    assert list(stages) == STAGES
    assert set(STAGES) <= set(VERBS)
    rules = {path.stem.partition("_")[2] for path in (ROOT / "workflow/rules").glob("[0-9]*_*.smk")}
    assert rules == set(STAGES)


@pytest.mark.parametrize("path", sorted((ROOT / "schemas").glob("*.schema.json")), ids=str)
def test_schemas_are_schemas_without_defaults(path: Path) -> None:
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    if path.name != "params.schema.json":
        assert '"default"' not in path.read_text(), "only a parameter has a default"


@pytest.mark.parametrize("path", sorted((ROOT / "schemas").glob("*.table.json")), ids=str)
def test_tables_say_which_dataset_they_are_of(path: Path) -> None:
    table = json.loads(path.read_text())
    names = [field["name"] for field in table["fields"]]
    assert names[0] == "dataset"
    assert set(table["primaryKey"]) <= set(names)
    assert all(field["description"] for field in table["fields"])


def test_params_yaml_follows_its_schema() -> None:
    schema = json.loads((ROOT / "schemas/params.schema.json").read_text())
    jsonschema.validate(yaml.safe_load((ROOT / "params.yaml").read_text()), schema)


def test_the_shipped_parameters_are_the_defaults_of_the_flags() -> None:
    """Every value stands in params.yaml; a verb that is called by hand takes the same ones."""
    schema = json.loads((ROOT / "schemas/params.schema.json").read_text())

    def defaults(node: dict[str, Any]) -> Any:
        if "properties" in node:
            return {name: defaults(inner) for name, inner in node["properties"].items()}
        return node["default"]

    assert yaml.safe_load((ROOT / "params.yaml").read_text()) == defaults(schema)


def test_verbs_do_not_import_each_other() -> None:
    for verb in STAGES:
        others = [f"workflow/acne04/{other}/" for other in STAGES if other != verb]
        for file in imported_files(verb):
            assert not file.startswith(tuple(others)), file


def test_no_stage_imports_the_bridge_or_the_stand_in() -> None:
    for verb in STAGES:
        for file in imported_files(verb):
            # `restore` asks DVC whether it has the folder; no artifact depends on the answer.
            if file.startswith("workflow/") and not file.endswith("core/dvc.py"):
                text = (ROOT / file).read_text()
                assert not re.search(
                    r"(?m)^\s*(from|import) (snakemake_dvc|acne04_standin)", text
                ), file


def test_no_code_is_an_input_of_a_rule() -> None:
    lock = json.loads((ROOT / "snakemake.lock").read_text())
    inputs = {path for job in lock["jobs"] for path in job["input"]}
    assert not [path for path in inputs if path.endswith((".py", ".smk")) or "schemas/" in path]


def test_dvc_yaml_is_short() -> None:
    assert len((ROOT / "dvc.yaml").read_text().splitlines()) < 600


#: What occurs once -> the only modules of the packages where it may.
HOMES = {
    "git is run": (
        r"""["']git["'],|\bgit (?:-c|--no)""",
        {"workflow/acne04/provenance/git.py", f"{BRIDGE}/git.py"},
    ),
    "CSV is taken apart": (
        r"\b(?:import csv|from csv|read_csv|to_csv)\b",
        {
            "workflow/acne04/core/rows.py",
            f"{BRIDGE}/listings.py",
            # Nothing is read there: it says how somebody else does.
            "workflow/acne04/export/formats.py",
        },
    ),
    "processes are shared out": (
        r"\bmultiprocessing\b|\bProcessPoolExecutor\b|\bos\.fork\b",
        # What a pool shares lies in a file that its processes are handed.
        {"workflow/acne04/core/processes.py", "workflow/acne04/near/frames.py"},
    ),
    "something is printed": (
        r"\bprint\(",
        {
            "workflow/acne04/core/printing.py",
            f"{BRIDGE}/printing.py",
            # Rich's own: tables, whose cells are made fit before.
            f"{BRIDGE}/display.py",
            f"{BRIDGE}/screen.py",
        },
    ),
    "it is said what a terminal acts on": (
        r"u202[a-e]|x1b|isprintable|x9f",
        {
            "workflow/acne04/core/printing.py",
            f"{BRIDGE}/printing.py",
            # No matter of printing: no person has such a name.
            "workflow/acne04/relations/subjects.py",
        },
    ),
}


@pytest.mark.parametrize("what", HOMES)
def test_one_home_for_each_idea(what: str) -> None:
    pattern, homes = HOMES[what]
    found = {
        file.relative_to(ROOT).as_posix()
        for package in ("workflow", "snakemake_dvc/src", "upstreams/standin/origin")
        for file in (ROOT / package).rglob("*.py")
        if re.search(pattern, file.read_text(encoding="utf-8"))
    }
    assert found == homes


def test_only_a_folder_of_no_stage_runs_git() -> None:
    for verb in STAGES:
        assert "workflow/acne04/provenance/git.py" not in imported_files(verb)


def test_the_package_and_the_bridge_list_the_same_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from acne04.core import checkout
    from snakemake_dvc import code_folders

    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / ".dvcignore", tmp_path)
    names = ["a.py", "b/c.py", "b/__pycache__/c.pyc", "b/c.py~", ".b/d.py", "b/ü.py", "b/e.txt"]
    for name in names:
        path = tmp_path / "code" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for clear in (checkout._ignored, code_folders._ignored):
        clear.cache_clear()
    try:
        for path in ("code", "code/a.py", "code/b/__pycache__/c.pyc"):
            assert checkout.code_files(path) == code_folders.code_files(path), path
        assert "code/b/ü.py" in checkout.code_files("code")
        assert "code/b/__pycache__/c.pyc" not in checkout.code_files("code")
    finally:
        for clear in (checkout._ignored, code_folders._ignored):
            clear.cache_clear()
