"""Tables: what is written comes back, in one order, or nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acne04.core import rows, tables
from acne04.core.errors import SchemaError

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
SHARE = st.integers(0, 10**6).map(lambda n: n / 10**6)
RELATIONS = st.lists(
    st.fixed_dictionaries(
        {
            "dataset": st.just("standin"),
            "kind": st.sampled_from(["exact", "near", "subject", "derived-from"]),
            "a": TEXT,
            "b": TEXT,
            "method": TEXT,
            "score": st.none() | SHARE,
            "threshold": st.none() | SHARE,
            "evidence": TEXT,
        }
    ),
    max_size=8,
    unique_by=lambda row: (row["kind"], row["a"], row["b"]),
)
LEAKS = st.lists(
    st.fixed_dictionaries(
        {
            "dataset": st.just("acne04"),
            "image_id": TEXT,
            "parent": st.none() | TEXT,
            "variant": TEXT,
            "fold": st.none() | st.integers(0, 9),
            "part": st.none() | st.sampled_from(["train", "val", "test", "trainval"]),
            "leaks": st.none() | st.booleans(),
        }
    ),
    max_size=8,
    unique_by=lambda row: (row["image_id"], row["variant"], row["fold"]),
)


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize(("name", "rows"), [("relations", RELATIONS), ("paper_leaks", LEAKS)])
def test_rows_come_back_and_their_order_does_not_matter(
    name: str, rows: st.SearchStrategy[list[dict[str, Any]]], data: st.DataObject, tmp_path: Path
) -> None:
    records = data.draw(rows)
    place, other = tmp_path / "table.csv", tmp_path / "other.csv"
    tables.write_records(place, name, records)
    frame = tables.from_records(name, data.draw(st.permutations(records)))
    tables.write(other, name, frame)
    assert place.read_bytes() == other.read_bytes()
    read = tables.read(place, name)
    back = [{k: None if v is tables.pd.NA else v for k, v in r.items()} for r in _records(read)]
    texts = {"parent", "part"}
    wanted = [{k: "" if v is None and k in texts else v for k, v in r.items()} for r in records]
    assert sorted(map(_ordered, back)) == sorted(map(_ordered, wanted))


def _records(table: Any) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.astype(object).to_numpy()]


def _ordered(record: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((name, repr(value)) for name, value in record.items())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"score": 1.5}, "line 2, column score: expected at most 1, found 1.5"),
        ({"kind": "alike"}, "line 2, column kind: expected one of exact, near"),
        ({"evidence": None}, "line 2, column evidence: expected a value, found none"),
        ({"dataset": ""}, "line 2, column dataset: expected a value, found none"),
    ],
)
def test_what_breaks_the_schema_is_not_written(
    changed: dict[str, Any], said: str, tmp_path: Path
) -> None:
    row = {
        "dataset": "standin",
        "kind": "near",
        "a": "a",
        "b": "b",
        "method": "m",
        "score": 0.5,
        "threshold": 0.4,
        "evidence": "e",
    }
    with pytest.raises(SchemaError, match=said):
        tables.write_records(tmp_path / "table.csv", "relations", [{**row, **changed}])
    with pytest.raises(SchemaError, match="line 3, a second row with the same kind, a, b"):
        tables.write_records(tmp_path / "table.csv", "relations", [row, row])
    assert list(tmp_path.iterdir()) == []


def test_a_number_of_bytes_is_whole_and_not_negative(tmp_path: Path) -> None:
    row = {"dataset": "standin", "path": "a", "size": 1.5, "sha256": "0" * 64}
    with pytest.raises(ValueError, match=r"1\.5 is no integer"):
        tables.write_records(tmp_path / "table.csv", "listing", [row])
    with pytest.raises(SchemaError, match="column size: expected at least 0, found -1"):
        tables.write_records(tmp_path / "table.csv", "listing", [{**row, "size": -1}])
    with pytest.raises(SchemaError, match="column size: expected a value, found none"):
        tables.write_records(tmp_path / "table.csv", "listing", [{**row, "size": None}])


def test_one_problem_of_a_thousand_rows_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = [f"standin,{n}.jpg,{n},{'x' * 9}" for n in range(1000)]
    path.write_text("\n".join(["dataset,path,size,sha256", *rows, "standin,a,-1,y", ""]))
    with pytest.raises(SchemaError) as caught:
        tables.read(path, "listing")
    _, *told = str(caught.value).splitlines()
    assert told == [
        "  lines 2, 3, 4, 5, 6 and 996 more, column sha256: expected text like [0-9a-f]{64}, "
        "found 'xxxxxxxxx'",
        "  line 1002, column size: expected at least 0, found -1",
    ]


def test_rows_of_another_length_are_told_once(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["dataset,path,size,sha256", *["standin,a"] * 700, ""]))
    with pytest.raises(SchemaError) as caught:
        tables.read(path, "listing")
    assert "lines 2, 3, 4, 5, 6 and 695 more: expected 4 fields, found 2" in str(caught.value)


@given(RELATIONS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_in_another_order_were_made_by_no_stage(
    tmp_path: Path, records: list[dict[str, Any]]
) -> None:
    path = tmp_path / "relations.csv"
    tables.write(path, "relations", tables.from_records("relations", records))
    tables.read_made(path, "relations")
    header, *others = (row.texts for row in rows.read(path))
    path.write_bytes(rows.to_text([header, *reversed(others)]).encode())
    if len(records) < 2:
        tables.read_made(path, "relations")
        return
    with pytest.raises(SchemaError, match=r"\(line \d+\).*another order"):
        tables.read_made(path, "relations")
