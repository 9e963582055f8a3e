"""Ask the standards' own validators about a release, and then what they do not look at.

Both are big, and only an audit and the tests need them: they are imported here when called.
"""

from __future__ import annotations

import importlib
import json
import logging
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from acne04.core import rows
from acne04.core.hashing import digest_file
from acne04.inspection.checks import Impossible, Mismatch
from acne04.standards import croissant

PROFILE = "provenance-run-crate-0.5"
_CROISSANT, _CRATE = "croissant.json", "ro-crate-metadata.json"
#: Remote context of a run crate to its file in a folder of contexts.
CONTEXTS = {
    "https://w3id.org/ro/crate/1.1/context": "ro-crate-1.1.jsonld",
    "https://w3id.org/ro/terms/workflow-run/context": "workflow-run.json",
}


def croissant_problems(release: Path) -> list[Mismatch]:
    """Validate ``croissant.json``: mlcroissant's errors and warnings, and what it takes on trust.

    That is the required properties, and that files of the release are there, have their hash, and
    have the columns that fields are taken from.

    Parameters
    ----------
    release : pathlib.Path
        Folder of the release.

    Returns
    -------
    list of Mismatch
        Empty where all is well.

    Raises
    ------
    Impossible
        If mlcroissant is not installed.
    """
    mlcroissant = _library("mlcroissant")
    path = release / _CROISSANT
    document, problems = _document(path)
    if document is None:
        return problems
    with _said_aloud("absl") as said:
        try:
            issues = mlcroissant.Dataset(str(path)).metadata.ctx.issues
            texts = sorted(issues.errors | issues.warnings) or said
        except Exception as error:  # whatever a broken document makes of it
            texts = [str(error)]
    problems += [_croissant(text) for text in texts]
    missing = [name for name in croissant.REQUIRED if not document.get(name)]
    problems += [
        Mismatch(_CROISSANT, name, "no such property", pointer=f"/{name}") for name in missing
    ]
    problems += _distribution_problems(release, document)
    return [*problems, *_column_problems(release, document)]


def crate_problems(release: Path, contexts: Path | None = None) -> list[Mismatch]:
    """Validate ``ro-crate-metadata.json`` against the Provenance Run Crate 0.5, offline.

    Parameters
    ----------
    release : pathlib.Path
        Folder of the release.
    contexts : pathlib.Path or None
        Folder with the JSON-LD contexts (`CONTEXTS`); None: the validator's own cache has them,
        from an earlier call with a network.

    Returns
    -------
    list of Mismatch
        Failures of required checks, and files whose hash is not the one stated, which no validator
        looks at.

    Raises
    ------
    Impossible
        If roc-validator is not installed, or the contexts are not at hand.
    """
    services = _library("rocrate_validator.services")
    models = _library("rocrate_validator.models")
    document, problems = _document(release / _CRATE)
    if document is None:
        return problems
    with tempfile.TemporaryDirectory() as scratch:
        cache = Path(scratch, "contexts") if contexts else _own_cache()
        if contexts:
            fill_cache(cache, contexts)
        _check_cache(cache)
        settings = models.ValidationSettings(
            rocrate_uri=str(release),
            profile_identifier=PROFILE,
            requirement_severity=models.Severity.REQUIRED,
            offline=True,
            cache_path=cache,
        )
        result = services.validate(settings)
        problems += [
            Mismatch(_CRATE, f"{issue.check.identifier}: {issue.check.name}", str(issue.message))
            for issue in result.get_issues(models.Severity.REQUIRED)
        ]
    return [*problems, *_part_problems(release, document)]


def fill_cache(cache: Path, contexts: Path) -> None:
    """Put the contexts into a cache of the crate's validator, as if it had fetched them.

    Raises
    ------
    Impossible
        If a context is not in the folder.
    """
    caching = _library("requests_cache")
    with caching.CachedSession(cache_name=str(cache), backend="sqlite") as session:
        for address, name in CONTEXTS.items():
            if not (contexts / name).is_file():
                raise Impossible(f"{contexts / name}: no such file; it is the context {address}")
            answer = caching.CachedResponse(
                content=(contexts / name).read_bytes(),
                headers={"Content-Type": "application/ld+json"},
                request=caching.CachedRequest(method="GET", url=address),
                status_code=200,
                url=address,
            )
            session.cache.save_response(answer)


def _own_cache() -> Path:
    paths = _library("rocrate_validator.utils.paths")
    return Path(paths.get_default_http_cache_path())


def _check_cache(cache: Path) -> None:
    caching = _library("requests_cache")
    with caching.CachedSession(cache_name=str(cache), backend="sqlite") as session:
        absent = [address for address in CONTEXTS if not session.cache.contains(url=address)]
    if absent:
        raise Impossible(
            f"the crate's validator has no copy of {', '.join(absent)}: give a folder of contexts, "
            f"or run `rocrate-validator validate -p {PROFILE} FOLDER` once with a network"
        )


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Impossible(f"{name} cannot be imported ({error}): it is in the lock") from None


def _croissant(text: str) -> Mismatch:
    return Mismatch(_CROISSANT, "no error and no warning of mlcroissant", text.strip())


def _document(path: Path) -> tuple[dict[str, Any] | None, list[Mismatch]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return None, [Mismatch(path.name, "a JSON document", str(error))]
    if not isinstance(document, dict):
        return None, [Mismatch(path.name, "a JSON object", type(document).__name__)]
    return document, []


@contextmanager
def _said_aloud(logger: str) -> Iterator[list[str]]:
    """Gather what a library logs as a warning or worse: some of it is told in no other way."""
    said: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger(logger).addHandler(handler)
    try:
        yield said
    finally:
        logging.getLogger(logger).removeHandler(handler)


def _distribution_problems(release: Path, document: Mapping[str, Any]) -> Iterator[Mismatch]:
    """Compare the file objects of a Croissant document that lie in the release with their bytes."""
    for item in _objects(document.get("distribution")):
        url = str(item.get("contentUrl", ""))
        if item.get("@type") == "cr:FileObject" and "://" not in url:
            yield from _hash_problems(release, _CROISSANT, url, item.get("sha256"))


def _part_problems(release: Path, document: Mapping[str, Any]) -> Iterator[Mismatch]:
    """Compare the files of a crate with their bytes."""
    for entity in _objects(document.get("@graph")):
        kinds = entity.get("@type", [])
        if "File" in ([kinds] if isinstance(kinds, str) else kinds):
            name = unquote(str(entity.get("@id")))
            yield from _hash_problems(release, _CRATE, name, entity.get("sha256"))


def _column_problems(release: Path, document: Mapping[str, Any]) -> Iterator[Mismatch]:
    """Look for the columns that fields of a Croissant document are taken from."""
    headers: dict[str, list[str]] = {}
    for record_set in _objects(document.get("recordSet")):
        for field in _objects(record_set.get("field")):
            for source in _objects([field.get("source"), field.get("references")]):
                table = str(_object(source.get("fileObject")).get("@id"))
                column = _object(source.get("extract")).get("column")
                if column is None or _outside(table) or not (release / table).is_file():
                    continue
                if table not in headers:
                    headers[table] = _header(release / table)
                if column not in headers[table]:
                    place = str(field.get("@id"))
                    yield Mismatch(
                        _CROISSANT, f"a column {column} in {table}", "none", pointer=place
                    )


def _hash_problems(release: Path, document: str, name: str, sha256: Any) -> Iterator[Mismatch]:
    if _outside(name):
        yield Mismatch(document, "files of the release alone", name, pointer=name)
    elif not (release / name).is_file():
        yield Mismatch(document, f"the file {name}", "no such file", pointer=name)
    elif (found := digest_file(release / name).sha256) != sha256:
        yield Mismatch(document, f"{name} with sha256 {sha256}", f"sha256 {found}", pointer=name)


def _outside(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts


def _header(table: Path) -> list[str]:
    try:
        return next(rows.parse(table.read_bytes()), rows.Row(1, [])).texts
    except rows.RowError:
        return []


def _objects(value: Any) -> list[dict[str, Any]]:
    """Give the objects in a list; a document may hold anything in its place."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
