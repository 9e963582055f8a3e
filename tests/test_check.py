"""Files that people edit are checked before they are committed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from acne04.cli import main

ROOT = Path(__file__).parents[1]


def hooked() -> list[str]:
    """List the files of this project that the hook would be given."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    wanted = re.compile(next(hook["files"] for hook in hooks if hook["id"] == "acne04-check"))
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if wanted.search(name)]


def test_the_files_of_this_project_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    files = hooked()
    assert {"params.yaml", "workflow/sources.yaml", "decisions/images.csv"} <= set(files)
    assert main(["check", *(str(ROOT / name) for name in files)]) == 0
    assert capsys.readouterr().err == f"check: {len(files)} files: sound\n"


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("params.yaml", "folds: 5", "folds: five", "split.folds"),
        ("params.yaml", "[65, 15, 20]", "[65, 15, 25]", "which sum to 105"),
        ("workflow/sources.yaml", "redistributable: unknown", "redistributable: maybe", "maybe"),
        ("decisions/annotations.csv", "divide 100", "divide by 100", "divide N, or quarantine"),
        ("decisions/annotations.csv", "2026-11-23", "2026-13-23", "a date (YYYY-MM-DD)"),
        ("upstreams/standin/pins/v2.csv", "3126817", "-1", "column size"),
        ("upstreams/standin/pins/v2.csv", "standin,v2", "acne04,v2", "another dataset"),
        ("workflow/expectations/standin.csv", ",42,", ",many,", "column count"),
        ("workflow/expectations/acne04_copies.csv", "levle0_116.jpg", "", "column a"),
        ("schemas/audit.schema.json", '"type": "object"', '"type": "thing"', ".type: 'thing'"),
        ("schemas/audit.schema.json", '"minimum": 0', '"default": 0', "/default"),
        ("schemas/pins.table.json", '"name": "size"', '"name": "path"', "more than once"),
    ],
)
def test_a_wrong_file_is_told_of(
    name: str, old: str, new: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = (ROOT / name).read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert main(["check", str(path)]) in (1, 2)
    said = capsys.readouterr().err
    assert told in said
    assert "Traceback" not in said


def test_all_files_are_told_of_not_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "schemas"
    folder.mkdir()
    for name in ("a.schema.json", "b.schema.json"):
        (folder / name).write_text(json.dumps({"type": 3}))
    shutil.copy(ROOT / "schemas/pins.table.json", folder)
    assert main(["check", *(str(path) for path in sorted(folder.iterdir()))]) == 1
    said = capsys.readouterr().err
    assert "a.schema.json" in said
    assert "b.schema.json" in said
    assert "pins.table.json" not in said


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b"- a\n- b\n"])
def test_what_is_no_such_file_at_all(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes(content)
    assert main(["check", str(path)]) == 1
    assert "params.yaml" in capsys.readouterr().err


def test_unknown_and_missing_files_cannot_be_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tmp_path / "notes.txt")]) == 2
    assert "no check is known for it" in capsys.readouterr().err
    assert main(["check", str(tmp_path / "params.yaml")]) == 2
    assert "no such file" in capsys.readouterr().err
