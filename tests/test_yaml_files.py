"""YAML of ours: what would bring the reader down is refused before it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from acne04.core import yaml_files
from acne04.core.errors import SchemaError


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "[{a: ", "- - "])
def test_deep_nesting_is_refused(opening: str, tmp_path: Path) -> None:
    """libyaml's composer calls itself: a file of 100 kB ended the whole process."""
    path = tmp_path / "params.yaml"
    path.write_text(opening * 100_000)
    with pytest.raises(SchemaError, match="nested more than 100 deep"):
        yaml_files.read(path)


def test_what_is_nested_as_people_nest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("[" * 90 + "1" + "]" * 90)
    value = yaml_files.read(path)
    for _ in range(90):
        (value,) = value
    assert value == 1
