"""The shape that keeps Snakemake, DVC, the code and the schemas in step."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from acne04.cli import VERBS
from snakemake_dvc.code import code_files

ROOT = Path(__file__).parents[1]
STAGES = ["fetch", "scan", "validate", "near", "dedupe", "split", "record"]

_TRACE = """
import sys, pathlib
opened = set()
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, pathlib.Path)):
        opened.add(str(arguments[0]))
sys.addaudithook(hook)
from acne04 import cli
assert cli.main(sys.argv[1:]) == 0
root = pathlib.Path(sys.modules["acne04"].__file__).parents[2]
files = {m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "acne04" and m.__file__}
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
    command = _command_of(log.stdout, verb)
    used = _used(*command, cwd=_scratch_copy(finished.path, tmp_path))
    listed = set(code_files(verb, "standin") if verb == "fetch" else code_files(verb))
    # cli.py only parses, and holds the run's lock: neither makes a stage stale.
    around = {"cli.py", "bridge/__init__.py", "bridge/runlock.py"}
    assert used - {f"workflow/acne04/{name}" for name in around} <= listed


def _command_of(printed: str, verb: str) -> list[str]:
    import shlex

    text = printed.replace("\\\n", " ")
    (line, *_) = (ln for ln in text.splitlines() if ln.strip().startswith("acne04 ") and verb in ln)
    return shlex.split(line)[1:]


def _scratch_copy(project: Path, place: Path) -> Path:
    import shutil

    for name in ("data", "decisions", "schemas", "upstream", "workflow"):
        shutil.copytree(project / name, place / name)
    for name in ("dvc.yaml", "requirements.lock"):
        shutil.copy(project / name, place / name)
    return place


def test_dvc_yaml_is_what_the_rules_say() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "snakemake_dvc.stages", "--check"],
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
    rules = {path.stem.partition("_")[2] for path in (ROOT / "workflow/rules").glob("[0-9]_*.smk")}
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
        others = {f"workflow/acne04/{other}" for other in STAGES if other != verb}
        for file in code_files(verb):
            assert not any(file == f"{o}.py" or file.startswith(f"{o}/") for o in others), file
