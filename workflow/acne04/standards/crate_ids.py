"""How a run crate calls its entities: files of the release by path, all else by kind and name."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from acne04.standards.facts import Facts

Entity = dict[str, Any]

RUN, ORGANISING, MAINTAINERS = "#run", "#organising", "#maintainers"
ENGINE = "https://snakemake.github.io/"


def reference(identifier: str) -> dict[str, str]:
    """Refer to an entity."""
    return {"@id": identifier}


def part(path: str) -> str:
    """Give the `@id` of a file of the crate."""
    return quote(path, safe="/~")


def contextual(kind: str, name: str) -> str:
    """Give the `@id` of an entity that is no file of the crate.

    >>> contextual("step", "fetch@acnedit"), contextual("file", "data/raw/a b.csv")
    ('#step/fetch@acnedit', '#file/data/raw/a%20b.csv')
    """
    return f"#{kind}/{quote(name, safe='/@:=.,~+-_')}"


def file_id(facts: Facts, path: str) -> str:
    """Give the `@id` of a file of the ledger: a part of the crate, or one that is only named."""
    released = facts.released(path)
    return part(released.path) if released else contextual("file", path)


def value_id(name: str) -> str:
    """Give the `@id` of a parameter's value."""
    return contextual("value", name)
