"""Ask the standards' own validators about a release, and then what they do not look at.

Both are big, and only an audit and the tests need them: they are imported here when called.
"""

from __future__ import annotations

import importlib
import json
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from acne04.inspection.checks import Impossible, Mismatch
from acne04.standards import croissant
from acne04.standards.unvalidated import (
    CRATE,
    CROISSANT,
    column_problems,
    distribution_problems,
    part_problems,
)

PROFILE = "provenance-run-crate-0.5"
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
    path = release / CROISSANT
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
        Mismatch(CROISSANT, name, "no such property", pointer=f"/{name}") for name in missing
    ]
    problems += distribution_problems(release, document)
    return [*problems, *column_problems(release, document)]


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
    document, problems = _document(release / CRATE)
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
            Mismatch(CRATE, f"{issue.check.identifier}: {issue.check.name}", str(issue.message))
            for issue in result.get_issues(models.Severity.REQUIRED)
        ]
    return [*problems, *part_problems(release, document)]


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
    return Mismatch(CROISSANT, "no error and no warning of mlcroissant", text.strip())


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
