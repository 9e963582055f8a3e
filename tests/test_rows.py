"""CSV text, ours and strangers': every row with its line, every error with the line it is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from acne04.core import tables
from acne04.core.errors import SchemaError
from acne04.core.rows import RowError, parse, parse_foreign, to_text


def test_a_row_knows_the_line_that_it_begins_in() -> None:
    rows = list(parse(b'a,b\n"1\n2",x\r\n3,"\r\n"\n4,y\n'))
    assert rows == [
        (1, ["a", "b"]),
        (2, ["1\n2", "x"]),
        (4, ["3", "\r\n"]),
        (6, ["4", "y"]),
    ]


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        (b'a,b\n1,"2', 2, "unexpected end of data"),
        (b'a,b\n1,2\n"3"x,4\n', 3, "',' expected after '\"'"),
        (b"a,b\n1,2\n\xff,4\n", 3, "bytes that are not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), 1, "bytes that are not UTF-8"),
        (b"a,b\n" + b"x" * 200_000, 2, "field larger than field limit (131072)"),
    ],
)
@pytest.mark.parametrize("taken_apart", [parse, parse_foreign])
def test_what_is_no_csv_says_in_which_line(taken_apart, content, line, found) -> None:
    with pytest.raises(RowError) as raised:
        list(taken_apart(content))
    assert (raised.value.line, raised.value.found) == (line, found)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_strangers_table_is_read_as_a_person_would(delimiter: str) -> None:
    text = f'"name"{delimiter}part\r\n\r\n a {delimiter}"tr{delimiter}ain"\r\n  {delimiter}\r\n'
    content = text.encode("utf-8-sig")
    assert list(parse_foreign(content)) == [
        (1, ["name", "part"]),
        (3, [" a ", f"tr{delimiter}ain"]),
    ]


def test_a_mark_of_byte_order_is_none_of_ours() -> None:
    assert next(parse("a,b\n".encode("utf-8-sig"))).texts == ["\ufeffa", "b"]


@pytest.mark.parametrize(
    "text", ["plain", "", 'a "b"', "a,b", "a\nb", "a\rb", "a\r\nb", "é☠", " x "]
)
def test_what_is_written_is_read_back(text: str) -> None:
    written = to_text([["first", "second"], [text, "end"]])
    assert [row.texts for row in parse(written.encode())] == [["first", "second"], [text, "end"]]
    assert written.endswith(",end\n")
    assert "\r\n" not in written.replace(text, "")


def test_a_problem_after_a_field_of_two_lines_is_placed(tmp_path: Path) -> None:
    columns = list(tables.empty("listing"))
    rows = [
        {"dataset": "standin", "path": "a\nb", "size": "1", "sha256": "0" * 64},
        {"dataset": "standin", "path": "c", "size": "many", "sha256": "0" * 64},
    ]
    (tmp_path / "t.csv").write_text(
        to_text([columns, *([row[c] for c in columns] for row in rows)])
    )
    with pytest.raises(SchemaError, match="line 4, column size: expected an integer"):
        tables.read(tmp_path / "t.csv", "listing")
