"""Read the facts about the outside world, ``workflow/sources.yaml``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import yaml

from acne04.core import documents, yaml_files
from acne04.core.addresses import bare
from acne04.core.errors import SchemaError, UsageError
from acne04.core.suggestions import did_you_mean

Kind = Literal["archive", "folder", "files"]
Magic = Literal["tar", "zip", "jpeg", "json", "jsonl"]

SCHEMA = "sources.schema.json"
#: Percent of what a source promises that may be missing, where its entry does not say.
MAY_BE_MISSING = 10
#: Names in a query whose values are secrets; and what follows host and path.
_SECRET = re.compile(
    r"[?&;#][\w.%-]*(?:token|secret|passw|key|sig|auth|credential)[\w.%-]*=", re.IGNORECASE
)
_LATER = re.compile(r"[?#].*", re.DOTALL)

#: The dataset that is drawn on this machine.
STANDIN = "standin"

#: Added to the version under which bytes are pinned that are not those of the real upstream, and
#: the variable that asks for it where it is 1.
SET_ASIDE, SET_ASIDE_VARIABLE = " (pins set aside)", "ACNE04_SET_ASIDE_PINS"


@dataclass(frozen=True)
class Licence:
    """Terms of a source.

    Attributes
    ----------
    name : str
        Name of the licence, or the terms in a few words.
    stated_at : str
        Address where the producer states it, or a file of this project.
    redistributable : {"yes", "no", "unknown"}
        May the bytes be passed on? ``unknown`` means: do not.
    """

    name: str
    stated_at: str
    redistributable: Literal["yes", "no", "unknown"]


@dataclass(frozen=True)
class DeliveryFile:
    """One file of a delivery, or the folder that is one.

    Attributes
    ----------
    path : str
        Where it lies below the folder ``upstream/<dataset>``, with forward slashes.
    urls : tuple of str
        Addresses that deliver the same bytes, in the order in which to try them.
    size : int or None
        Size in bytes, where it is published.
    sha256 : str or None
        SHA-256 in hexadecimal, where it is published.
    magic : str or None
        What the bytes must look like; None for a folder.
    """

    path: str
    urls: tuple[str, ...]
    size: int | None = None
    sha256: str | None = None
    magic: Magic | None = None

    @property
    def name(self) -> str:
        """Last part of the path: the file's name under ``data/raw/<source>``."""
        return PurePosixPath(self.path).name


@dataclass(frozen=True)
class Delivery:
    """Exactly what determines the bytes of a source.

    Attributes
    ----------
    version : str
        That of the producer.
    kind : {"archive", "folder", "files"}
        How it is delivered.
    files : tuple of DeliveryFile
        What is delivered.
    may_be_missing : int
        Percent of what is promised that may be missing; 100 where nothing is looked at.
    """

    version: str
    kind: Kind
    files: tuple[DeliveryFile, ...]
    may_be_missing: int = MAY_BE_MISSING


@dataclass(frozen=True)
class Source:
    """One upstream archive, folder or set of files; see ``schemas/sources.schema.json``."""

    dataset: str
    key: str
    title: str
    producer: str
    citation: str
    described_at: str
    description: str
    date_published: str
    licence: Licence
    delivery: Delivery
    promises: dict[str, Any]


def load_sources(path: Path, dataset: str) -> dict[str, Source]:
    """Read the sources of one dataset.

    Parameters
    ----------
    path : pathlib.Path
        ``workflow/sources.yaml``, checked as a whole.
    dataset : str
        ``standin`` or ``acne04``.

    Returns
    -------
    dict of str to Source
        By key, in the order of the file. Grades in `Source.promises` are numbers, as written.

    Raises
    ------
    UnavailableError
        If there is no such file.
    SchemaError
        If it is not YAML, repeats a key or does not follow the schema; every place is listed.
    UsageError
        If it knows no such dataset.
    """
    document = _read_yaml(path)
    documents.check(_with_text_keys(document), SCHEMA, str(path))
    if dataset not in document:
        known = ", ".join(sorted(document))
        raise UsageError("--dataset", "no such dataset", expected=known, found=dataset)
    _check_names(document, path)
    _check_addresses(document, path)
    return {key: _source(dataset, key, entry) for key, entry in document[dataset].items()}


def load_source(path: Path, dataset: str, key: str) -> Source:
    """Read one source; raises as `load_sources` does, and UsageError for an unknown key."""
    sources = load_sources(path, dataset)
    if key not in sources:
        asked = did_you_mean(key, sources)
        raise UsageError(
            "SOURCE",
            f"{path} has no such source",
            expected=", ".join(sources),
            found=f"{key}; {asked}" if asked else key,
        )
    return sources[key]


def pins_of(dataset: str, key: str) -> str:
    """Give the path of the table of pins of a source, in a checkout."""
    return f"upstreams/{dataset}/pins/{key}.csv"


def version_here(source: Source, read: Callable[[], dict[str, Any]]) -> str:
    """Give the version under which a checkout pins a source.

    Parameters
    ----------
    source : Source
        Which one.
    read : callable
        Gives the parameters of the checkout; asked for the stand-in alone.
    """
    version = source.delivery.version
    if source.dataset != STANDIN:
        return version
    knobs = read()[STANDIN]
    return f"{version} " + " ".join(f"{name}={value}" for name, value in knobs.items())


class _Loader(yaml.CSafeLoader):
    """YAML without dates (they stay text) that refuses a key given twice."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the name and form are PyYAML's
        first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} a second time", problem_mark=key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _read_yaml(path: Path) -> dict[str, Any]:
    document = yaml_files.read(path, _Loader)
    if not isinstance(document, dict):
        raise SchemaError(str(path), "no mapping of dataset to sources", found=repr(document)[:80])
    return document


def _with_text_keys(value: Any) -> Any:
    """Give a copy as JSON would hold it: JSON Schema knows no numbers as keys."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_text_keys(item) for item in value]
    return value


def _check_names(document: dict[str, Any], path: Path) -> None:
    """Refuse two files of one source that would have one name under ``data/raw``."""
    for dataset, sources in document.items():
        for key, entry in sources.items():
            names = [PurePosixPath(file["path"]).name for file in entry["delivery"]["files"]]
            double = sorted({name for name in names if names.count(name) > 1})
            if double:
                raise SchemaError(
                    str(path),
                    f".{dataset}.{key}.delivery.files: several files named {', '.join(double)}",
                )


def _check_addresses(document: dict[str, Any], path: Path) -> None:
    """Refuse addresses with a secret: DVC records them in its lock, and git keeps both for ever."""
    for dataset, sources in document.items():
        for key, entry in sources.items():
            urls = [url for file in entry["delivery"]["files"] for url in file["urls"]]
            for url in (*urls, entry["described_at"], entry["licence"]["stated_at"]):
                if _holds_secret(url):
                    raise SchemaError(
                        str(path),
                        f".{dataset}.{key}: an address with a name, a password or a token in it",
                        found=bare(url),
                        done="nothing fetched",
                        remedy="delete it here and in git's history, change the password, and put "
                        "it into ~/.netrc, where a download looks for it",
                    )


def _holds_secret(url: str) -> bool:
    place = _LATER.sub("", url)
    return bare(place) != place or bool(_SECRET.search(url.removeprefix(place)))


def _source(dataset: str, key: str, entry: dict[str, Any]) -> Source:
    delivery = entry["delivery"]
    files = tuple(
        DeliveryFile(**{**file, "urls": tuple(file["urls"])}) for file in delivery["files"]
    )
    structured = {
        "licence": Licence(**entry["licence"]),
        "delivery": Delivery(**{**delivery, "files": files}),
    }
    return Source(dataset=dataset, key=key, **{**entry, **structured})
