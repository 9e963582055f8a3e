"""What is written has the bits that the umask leaves: these are faces."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from acne04.core.files import staged_file, staged_folder, write_text
from snakemake_dvc import files as files_of_bridge


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): f"{path.stat().st_mode & 0o777:o}"
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize("write", [write_text, files_of_bridge.write_text])
@pytest.mark.parametrize(
    ("mask", "folder", "file"),
    [(0o022, "755", "644"), (0o077, "700", "600"), (0o027, "750", "640"), (0o002, "775", "644")],
)
def test_a_file_has_what_the_umask_leaves(
    write: Callable[[Path, str], None], mask: int, folder: str, file: str, tmp_path: Path
) -> None:
    with umask(mask):
        write(tmp_path / "new" / "a.csv", "a\n")
        write(tmp_path / "new" / "a.csv", "b\n")
    assert modes(tmp_path) == {"new": folder, "new/a.csv": file}


def test_what_a_caller_puts_in_the_place_of_the_file_does_not_matter(tmp_path: Path) -> None:
    with umask(0o077), staged_file(tmp_path / "a.png") as staging:
        (tmp_path / "other").write_bytes(b"x")
        (tmp_path / "other").chmod(0o666)
        (tmp_path / "other").replace(staging)
    assert modes(tmp_path) == {"a.png": "600"}


@pytest.mark.parametrize(
    ("mask", "folder", "file"), [(0o022, "755", "644"), (0o077, "700", "600"), (0, "755", "644")]
)
def test_a_folder_has_what_the_umask_leaves(
    mask: int, folder: str, file: str, tmp_path: Path
) -> None:
    with umask(mask), staged_folder(tmp_path / "new") as staging:
        (staging / "below").mkdir()
        (staging / "below" / "open.jpg").write_bytes(b"x")
        (staging / "below" / "open.jpg").chmod(0o777)
    assert modes(tmp_path) == {"new": folder, "new/below": folder, "new/below/open.jpg": file}


def test_while_it_is_made_nobody_else_sees_into_a_folder(tmp_path: Path) -> None:
    with staged_folder(tmp_path / "new") as staging:
        assert staging.parent.stat().st_mode & 0o077 == 0


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    for staged in (staged_file, staged_folder):
        with pytest.raises(ZeroDivisionError), staged(tmp_path / "new"):
            raise ZeroDivisionError
    assert modes(tmp_path) == {}
