"""The command line as a whole: exit codes, and words instead of tracebacks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from acne04.cli import VERBS

ANNOTATIONS = Path(__file__).parent / "examples" / "valid" / "annotations"


def acne04(*words: str, **more: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "acne04.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str) -> None:
    done = acne04(verb, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: acne04 {verb}")


@pytest.mark.parametrize(
    "words", [(), ("nonsense",), ("validate",), ("validate", "x.json", "--nonsense")]
)
def test_a_wrong_call_is_2(words: tuple[str, ...]) -> None:
    done = acne04(*words)
    assert done.returncode == 2
    assert "usage: acne04" in done.stderr


@pytest.mark.parametrize("place", ["folder", "file/below"])
def test_a_log_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    example = next(ANNOTATIONS.glob("*.json"))
    done = acne04("--log", place, "validate", str(example), cwd=tmp_path)
    assert done.returncode == 2
    assert place.split("/")[0] in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "inventory.csv").mkdir()
    (tmp_path / "images").mkdir()
    words = ("scan", "--classification", "images", "--dataset", "standin")
    done = acne04(*words, "--inventory", "inventory.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert "inventory.csv" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_said(tmp_path: Path) -> None:
    example = next(ANNOTATIONS.glob("*.json"))
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device, not a path of ours
        command = [sys.executable, "-m", "acne04.cli", "validate", str(example), "--json"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
