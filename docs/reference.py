"""Make the reference pages from what the code and the schemas say: `docs/reference/*.md`.

Run ``python docs/reference.py`` in the project's root; a test compares the files.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acne04 import cli
from acne04.core import parameters
from acne04.core.files import write_text

PAGES = Path("docs/reference")
SCHEMAS = Path("schemas")
_MADE = "Made by `python docs/reference.py` from {}.\n"


def commands() -> str:
    """Give the page of all verbs and their arguments, from the parsers."""
    # Whole: on a machine that lacks an extra, the page would lack verbs.
    parser = cli._parser(cli.VERBS)
    (verbs,) = (action.choices for action in parser._actions if action.dest == "verb")
    parts = [
        "# Commands\n",
        _MADE.format("the parsers, which `acne04 VERB --help` shows"),
        "Before the verb, and `-q` and `-v` also behind it:\n",
        _arguments(parser._actions),
    ]
    for purpose, names in cli.PURPOSES.items():
        parts.append(f"## {purpose.partition(' (')[0].capitalize()}\n")
        for verb in names:
            if verb in verbs:
                parts += _verb(verb, verbs[verb])
    return "\n".join(parts)


def _verb(verb: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f"### acne04 {verb}\n\n{_sentence(cli.VERBS[verb])}\n"
    if parser.description and parser.description != cli.VERBS[verb]:
        yield f"{parser.description}\n"
    for group in parser._action_groups:
        if actions := [a for a in group._group_actions if a.dest not in ("help", "loudness")]:
            if group.title not in ("positional arguments", "options"):
                yield f"{_sentence(str(group.title))}\n"
            if group.description:
                yield f"{_sentence(group.description)}\n"
            yield _arguments(actions)
    if parser.epilog:
        yield f"{parser.epilog}\n"


def _arguments(actions: list[argparse.Action]) -> str:
    rows = ["| argument | what it does |", "|---|---|"]
    for action in actions:
        if isinstance(action, argparse._SubParsersAction):
            continue
        names = ", ".join(f"`{name}`" for name in action.option_strings)
        value = _value(action)
        said = " ".join(filter(None, (names, f"`{value}`" if value else "")))
        needed = " (needed)" if action.required and action.option_strings else ""
        told = (action.help or "").replace("%%", "%").replace("|", "\\|")
        rows.append(f"| {said.replace('|', chr(92) + '|')}{needed} | {told} |")
    return "\n".join([*rows, ""])


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if isinstance(action.metavar, tuple):
        return " ".join(action.metavar)
    if action.metavar:
        return action.metavar
    if action.choices:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return action.dest.upper()


def parameter_page() -> str:
    """Give the page of ``params.yaml``, from its schema."""
    schema = json.loads((SCHEMAS / parameters.SCHEMA).read_text(encoding="utf-8"))
    parts = [
        "# Parameters\n",
        _MADE.format("`schemas/params.schema.json`, which checks `params.yaml`"),
        "Each stage has a section where it has parameters, and a flag for each, by which it is "
        "called by hand. A change makes the stages run again that depend on it, and no others.\n",
    ]
    for name, field in schema["properties"].items():
        parts.append(f"## {name}\n\n{field['description']}\n")
        fields = dict(_leaves(field.get("properties", {name: field})))
        rows = [
            f"| `{key}` | `{json.dumps(inner['default'])}` "
            f"| {parameters.range_in_words(key, inner)} | {inner['description']} |"
            for key, inner in fields.items()
        ]
        parts.append(
            "\n".join(
                [
                    "| parameter | shipped | may be | what it decides |",
                    "|---|---|---|---|",
                    *rows,
                    "",
                ]
            )
        )
    return "\n".join(parts)


def _leaves(fields: dict[str, Any], above: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the parameters that have a value, by their path below the section."""
    for key, field in fields.items():
        if "properties" in field:
            yield from _leaves(field["properties"], f"{above}{key}.")
        else:
            yield f"{above}{key}", field


def table_page() -> str:
    """Give the page of all tables and their columns, from the schemas."""
    parts = [
        "# Tables and columns\n",
        _MADE.format("`schemas/*.table.json`, which check each table when it is read or written"),
        "UTF-8, one line end (LF), a header, rows in the order of the primary key. An empty field "
        "is a value that is missing, never zero.\n",
    ]
    for file in sorted(SCHEMAS.glob("*.table.json")):
        table = json.loads(file.read_text(encoding="utf-8"))
        parts.append(f"## {table['name']}\n\n{_sentence(table['title'])}\n")
        if keys := table.get("primaryKey"):
            parts.append(f"Primary key: {', '.join(f'`{key}`' for key in keys)}.\n")
        rows = [
            f"| `{f['name']}` | {_kind(f)} | {_cell(f['description'])} |" for f in table["fields"]
        ]
        parts.append("\n".join(["| column | type | what it holds |", "|---|---|---|", *rows, ""]))
    return "\n".join(parts)


def _kind(field: dict[str, Any]) -> str:
    limits = field.get("constraints", {})
    values = ", ".join(f"`{value}`" for value in limits.get("enum", []))
    kind = f"{field['type']}: {values}" if values else field["type"]
    return kind if limits.get("required") else f"{kind}; may be empty"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."


def pages() -> dict[Path, str]:
    """Give the text of each page."""
    return {
        PAGES / "commands.md": commands(),
        PAGES / "parameters.md": parameter_page(),
        PAGES / "tables.md": table_page(),
    }


def main() -> int:
    """Write the pages."""
    for page, text in pages().items():
        write_text(page, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
