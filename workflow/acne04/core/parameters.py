"""The parameters of ``params.yaml``: one description of each, for the file and for the flags.

``schemas/params.schema.json`` says what a parameter may be, and what the shipped file sets. A verb
declares its flags from it, so that a range, a choice or a default stands nowhere else. What a
schema cannot say of a value stands here, once (`_more_than_a_schema_says`).
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from acne04.core import documents, yaml_files
from acne04.core.errors import Acne04Error, SchemaError, UsageError
from acne04.core.files import read_bytes
from acne04.core.printing import say_aside
from acne04.core.schemas import load_schema
from acne04.core.suggestions import did_you_mean

PARAMS = Path("params.yaml")
SCHEMA = "params.schema.json"
_TYPES = {"integer": int, "number": float, "string": str}
#: Of a parameter that is a list: what stands for each of its values, and what they are together.
_MEMBERS = {"ratios": ("TRAIN", "VAL", "TEST")}
_TOGETHER = {"ratios": "three positive integers, together 100"}


def described(section: str) -> dict[str, dict[str, Any]]:
    """Give name -> schema of each parameter of a section, in their order."""
    properties: dict[str, dict[str, Any]] = load_schema(SCHEMA)["properties"][section]["properties"]
    return properties


def declare_flags(
    parser: argparse.ArgumentParser, section: str, flags: Mapping[str, str] | None = None
) -> None:
    """Declare a flag for each parameter of a section: type, default and help are the schema's.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        That of the verb.
    section : str
        Section of ``params.yaml``.
    flags : mapping of str to str, optional
        Parameter -> flag, where the flag is not ``--`` and the parameter's name.
    """
    for name, field in described(section).items():
        values = field.get("items", field)
        options: dict[str, Any] = {}
        # Of numbers the refusal is `read_flags`', as of every other number.
        if isinstance(values.get("enum", [0])[0], str):
            options["choices"] = values["enum"]
        if "items" in field:
            options |= {"nargs": field["minItems"], "metavar": _MEMBERS[name]}
        kind = type(values["enum"][0]) if "enum" in values else _TYPES[values["type"]]
        text = field["description"].rstrip(".").replace("%", "%%")
        default = _text(field["default"]) or "none"
        parser.add_argument(
            _flag(name, flags),
            type=kind,
            default=field["default"],
            help=f"{text} ({range_in_words(name, field)}; default {default})",
            **options,
        )


def read_flags(
    arguments: Mapping[str, Any], section: str, flags: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Give the parameters of a section as the flags of a call set them.

    Parameters
    ----------
    arguments : mapping of str to object
        What the parser made of the call (``vars(namespace)``).
    section, flags
        As for `declare_flags`.

    Raises
    ------
    UsageError
        If one is out of its range: the flag, what it may be, and what was found.
    """
    values = {}
    for name, field in described(section).items():
        flag = _flag(name, flags)
        value = arguments[flag.removeprefix("--").replace("-", "_")]
        if not _allowed(value, field) or _is_no_whole(name, value):
            raise UsageError(
                flag,
                "out of range",
                expected=_bound(value, field) or range_in_words(name, field),
                found=str(value),
                done="nothing written",
            )
        values[name] = value
    return values


def check(config: Mapping[str, Any], file: Path = PARAMS) -> None:
    """Check the whole of ``params.yaml``.

    Parameters
    ----------
    config : mapping
        Its content, perhaps with values that a call of Snakemake sets in their place.
    file : pathlib.Path
        The file, for the lines.

    Raises
    ------
    SchemaError
        With every parameter that is wrong: its line, what it may be, and what was found.
    """
    wrong = [*_against_schema(config)]
    if not wrong:
        wrong += [*_more_than_a_schema_says(config)]
    if not wrong:
        return
    content = read_bytes(file) if file.is_file() else b""
    lines, written = yaml_files.lines_of(content), yaml.load(content, yaml.CSafeLoader)
    told = []
    for keys, what in wrong:
        place = ".".join(keys) or "/"
        if keys in lines and _at(written, keys) != _at(config, keys):
            told.append((0, f"{place}, as this call sets it: {what}"))
        else:
            told.append((lines.get(keys) or lines.get(keys[:-1]) or 0, f"{place}: {what}"))
    told.sort()
    remedy = f"mend it; `git diff {file}` shows what was changed, `acne04 check {file}` looks again"
    if len(told) == 1:
        line, what = told[0]
        where = f"{file} (line {line})" if line else str(file)
        raise SchemaError(where, what, done="nothing ran", remedy=remedy)
    each = [f"line {line}: {what}" if line else what for line, what in told]
    what = "\n  ".join([f"{len(told)} things are wrong:", *each])
    raise SchemaError(str(file), what, done="nothing ran", remedy=remedy)


def _at(document: Any, keys: Sequence[str]) -> Any:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _against_schema(config: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the keys that lead to each parameter that is wrong, and what is wrong with it."""
    schema = load_schema(SCHEMA)
    for keys, message in documents.problems(config, SCHEMA):
        field: Any = schema
        for key in keys:
            field = field.get("properties", {}).get(key, {}) if isinstance(field, dict) else {}
        if isinstance(field, dict) and "default" in field and len(keys) > 0:
            expected = range_in_words(keys[-1], field)
            yield keys, f"{message}; expected {expected} (as shipped: {_text(field['default'])!s})"
        elif "properties" in field and message.startswith("Additional properties"):
            for name in sorted(set(_at(config, keys)) - set(field["properties"])):
                asked = did_you_mean(str(name), field["properties"])
                yield (*keys, str(name)), "no such parameter" + (f"; {asked}" if asked else "")
        else:
            yield keys, message


def check_or_end(config: Mapping[str, Any]) -> None:
    """End the process with exit code 2 where the parameters of a run cannot be used.

    Snakemake's own `validate` is not used: it prints the schema instead of the place, and writes
    defaults into the configuration, which DVC never sees.
    """
    try:
        check(config)
    except Acne04Error as error:
        say_aside(*f"snakemake: {error}".split("\n"))
        sys.exit(2)


def readable_or_end() -> None:
    """End the process with exit code 2 where ``params.yaml`` is no YAML; Snakemake says no line."""
    try:
        yaml_files.read(PARAMS)
    except Acne04Error as error:
        say_aside(*f"snakemake: {error}".split("\n"))
        sys.exit(2)


def _more_than_a_schema_says(
    config: Mapping[str, Any],
) -> Iterator[tuple[tuple[str, ...], str]]:
    for section, values in config.items():
        for name, value in values.items() if isinstance(values, dict) else ():
            if _is_no_whole(name, value):
                yield (
                    (section, name),
                    "train, val and test do not make a whole; expected three percentages that sum "
                    f"to 100, found {_text(value)}, which sum to {sum(value)}",
                )


def _is_no_whole(name: str, value: Any) -> bool:
    """Tell of percentages whether they miss a hundred: what no schema can demand."""
    return name == "ratios" and sum(value) != 100


def _flag(name: str, flags: Mapping[str, str] | None) -> str:
    return (flags or {}).get(name, f"--{name.replace('_', '-')}")


def _allowed(value: Any, field: Mapping[str, Any]) -> bool:
    # Not a number passes every comparison of a schema.
    if isinstance(value, float) and math.isnan(value):
        return False
    # A flag may name any file; the pattern keeps those of params.yaml inside the project.
    return documents.follows(value, {key: field[key] for key in field if key != "pattern"})


def _bound(value: Any, field: Mapping[str, Any]) -> str:
    """Say in words which bound a whole number breaks; empty for other values."""
    if field.get("type") != "integer":
        return ""
    low, high = field.get("minimum"), field.get("maximum")
    return f"at most {high}" if low is None or value >= low else f"at least {low}"


def range_in_words(name: str, field: Mapping[str, Any]) -> str:
    """Say in words what a schema allows."""
    if "items" in field:
        return _TOGETHER[name]
    if "enum" in field:
        return " or ".join(map(str, field["enum"]))
    if field["type"] == "string":
        return "text"
    low, high = field.get("minimum"), field.get("maximum")
    above, below = field.get("exclusiveMinimum"), field.get("exclusiveMaximum")
    if (low, high) == (0, 1):
        return "a fraction, 0 to 1"
    words = [
        f"more than {above}" if above is not None else "",
        f"less than {below}" if below is not None else "",
        f"{low} to {high}" if low is not None and high is not None else "",
        f"at least {low}" if low is not None and high is None else "",
        f"at most {high}" if low is None and high is not None else "",
    ]
    return ", ".join(filter(None, words))


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
