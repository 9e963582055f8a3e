"""Checks of DVC's cache and store: whether a pull brings the bytes that are recorded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from acne04.audit.audited_checkout import AuditedCheckout, FileDigests, digest_of
from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch, NothingYet
from acne04.provenance import git

#: Object names of DVC: the MD5; of a folder's list, with this at its end.
_FOLDER = ".dir"
Needed = Mapping[str, list[str]]


class Remote:
    """The store that is set up for this checkout."""

    def __init__(self, repository: Any) -> None:
        from dvc.exceptions import DvcException

        try:
            self._odb = repository.cloud.get_remote_odb()
        except DvcException as error:
            raise NothingYet(f"no store is set up: {error}") from None

    @property
    def name(self) -> str:
        """Address of the store."""
        return str(self._odb.path)

    @property
    def is_there(self) -> bool:
        """Whether anything was ever pushed."""
        return bool(self._odb.fs.exists(self._odb.path))

    def exists(self, names: Iterable[str]) -> set[str]:
        """Give those of some objects that the store holds, each asked for."""
        # No shortcut of DVC's, which takes a folder's files for present where its list is.
        return set(self._odb.list_oids_exists(sorted(names)))

    def digests(self, names: Iterable[str]) -> dict[str, FileDigests]:
        """Hash objects by their bytes in the store."""
        wanted = sorted(names)
        with ThreadPoolExecutor(self._odb.fs.jobs) as pool:
            return dict(zip(wanted, pool.map(self._digests, wanted), strict=True))

    def _digests(self, name: str) -> FileDigests:
        with self._odb.fs.open(self._odb.oid_to_path(name), "rb") as stream:
            return digest_of(stream.read)

    def read(self, name: str) -> bytes:
        """Read an object."""
        with self._odb.fs.open(self._odb.oid_to_path(name), "rb") as stream:
            return bytes(stream.read())


@lru_cache(maxsize=1)
def _remote_of(checkout: AuditedCheckout) -> Remote:
    """Open the store; there may be none yet, or it cannot be reached."""
    try:
        remote = Remote(checkout.dvc)
        is_there = remote.is_there
    except OSError as error:
        raise Impossible(f"the store cannot be reached: {error}") from None
    if not is_there:
        raise NothingYet(f"nothing has been pushed yet: {remote.name} is not there")
    return remote


def _needed(
    checkout: AuditedCheckout, outs: Iterable[dict[str, Any]], remote: Remote | None
) -> dict[str, list[str]]:
    """Give object -> the paths that it is for, those inside folders too.

    A folder's list that the cache does not hold is read from the store, where one is given.
    """
    found: dict[str, list[str]] = {}
    for out in outs:
        found.setdefault(out["md5"], []).append(out["path"])
        if out["md5"].endswith(_FOLDER):
            for md5, path in _members(checkout, out["md5"], remote):
                found.setdefault(md5, []).append(f"{out['path']}/{path}")
    return found


def _members(
    checkout: AuditedCheckout, name: str, remote: Remote | None
) -> Iterator[tuple[str, str]]:
    place = checkout.cache_folder / name[:2] / name[2:]
    try:
        content = place.read_bytes() if place.is_file() else remote.read(name) if remote else b"[]"
        for entry in json.loads(content):
            yield str(entry["md5"]), str(entry["relpath"])
    except (OSError, ValueError, KeyError, TypeError):
        # The list itself is missing or altered, which is a problem of its own.
        return


def _cache(checkout: AuditedCheckout) -> Evidence:
    places = checkout.cache_folder.glob("??/*")
    present = {path.parent.name + path.name: path for path in places}
    if not present:
        raise NothingYet("the cache holds nothing yet")
    hashed = checkout.digests(present.values())
    found = {name: digests for name, path in present.items() if (digests := hashed[path])}
    wanted = _needed(checkout, _outs(checkout), None)
    folder = checkout.cache_folder
    near = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    return Evidence(
        f"{len(found):,} objects of the cache, hashed",
        tuple(_altered(checkout, found, wanted, f"the cache ({near})")),
    )


def _altered(
    checkout: AuditedCheckout, found: Mapping[str, FileDigests], wanted: Needed, where: str
) -> Iterator[Mismatch]:
    """Compare objects with their names; and with their SHA-256, for two contents can share one."""
    for name, digests in sorted(found.items()):
        paths = wanted.get(name, [])
        if digests.md5 != name.removesuffix(_FOLDER):
            shown = paths[0] if paths else f"object {name}"
            yield Mismatch(shown, f"object {name[:2]}/{name[2:]} with its own bytes in {where}",
                          f"md5 {digests.md5}")  # fmt: skip
            continue
        for path in paths:
            sha256 = checkout.known.get(path, digests.sha256)
            if digests.sha256 != sha256:
                yield Mismatch(path, f"sha256 {sha256} in {where}", f"sha256 {digests.sha256}")


def _outs(checkout: AuditedCheckout) -> list[dict[str, Any]]:
    return list(_outs_in({"stages": checkout.locked}))


def _outs_in(lock: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in (lock.get("stages") or {}).values():
        yield from entry.get("outs", [])


def _complete(checkout: AuditedCheckout) -> Evidence:
    remote = _remote_of(checkout)
    wanted = _needed(checkout, _outs(checkout), remote)
    problems = tuple(_missing(wanted, remote.exists(wanted), "object"))
    return Evidence(f"{len(wanted):,} objects that dvc.lock needs, in {remote.name}", problems)


def _missing(wanted: Needed, present: set[str], what: str) -> Iterator[Mismatch]:
    for name in sorted(set(wanted) - present):
        yield Mismatch(wanted[name][0], f"{what} {name} in the store", "not there")


def _objects(checkout: AuditedCheckout) -> Evidence:
    remote = _remote_of(checkout)
    wanted = _needed(checkout, _outs(checkout), remote)
    found = remote.digests(remote.exists(wanted))
    return Evidence(
        f"{len(found):,} objects of {remote.name}, read and hashed",
        tuple(_altered(checkout, found, wanted, "the store")),
    )


def _tags(checkout: AuditedCheckout) -> Evidence:
    tags = git.tags("v*")
    if not tags:
        raise NothingYet("no release has been tagged yet (v…)")
    remote, all_wanted = _remote_of(checkout), set[str]()
    problems: list[Mismatch] = []
    # A tag is on the commit that was released; the release itself is recorded by a later one.
    asked = [(f"release {tag}", _outs_of_tag(tag)) for tag in tags]
    asked.append(("a release", _released_folders("HEAD")))
    for what, outs in asked:
        wanted = _needed(checkout, outs, remote)
        all_wanted |= set(wanted)
        problems += _missing(wanted, remote.exists(wanted), f"{what}: object")
    return Evidence(
        f"{len(all_wanted):,} objects of {_listed(tags)}", tuple(dict.fromkeys(problems))
    )


def _outs_of_tag(tag: str) -> Iterator[dict[str, Any]]:
    """Give what a tag's ``dvc.lock`` records, and the releases before it."""
    for content in _committed(tag, "dvc.lock", "dvc.lock").values():
        yield from _outs_in(_yaml(content))
    yield from _released_folders(tag)


def _released_folders(revision: str) -> Iterator[dict[str, Any]]:
    """Give the release folders that a revision has added to DVC."""
    for path, content in _committed(revision, "releases/", ".dvc").items():
        folder = path.rpartition("/")[0]
        for out in _yaml(content).get("outs", []):
            yield {**out, "path": f"{folder}/{out['path']}"}


def _committed(revision: str, start: str, end: str = "") -> dict[str, bytes]:
    """Give path -> content of the files of a revision whose path starts and ends so."""
    names = {
        entry.path: entry.name
        for entry in git.tree(revision)
        if entry.path.startswith(start) and entry.path.endswith(end)
    }
    found = git.contents(names.values())
    return {path: found[name] for path, name in names.items()}


def _yaml(content: bytes) -> Mapping[str, Any]:
    return yaml.load(content, yaml.CSafeLoader) or {}


def _listed(tags: Iterable[str]) -> str:
    return f"tagged releases {', '.join(sorted(tags))}"


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "cache-objects",
        "An altered object of DVC's cache is checked out, and pushed, as if it were the artifact.",
        True,
        "full",
        "delete the object, then `dvc pull`, or `snakemake --cores all` to make it again",
        _cache,
    ),
    Check(
        "store-complete",
        "An object is missing in the store, so that a colleague's `dvc pull` fails; DVC does not "
        "look inside folders.",
        True,
        "full",
        "`dvc push`",
        _complete,
    ),
    Check(
        "store-objects",
        "An altered object of the store is what a colleague gets.",
        True,
        "full",
        "delete the object in the store and `dvc push` from a checkout that passes; keep the "
        "remote option `verify true`",
        _objects,
    ),
    Check(
        "released-tags",
        "A clean-up of the store (`dvc gc -c`) took objects that an older release needs.",
        True,
        "full",
        "push them again from a checkout of that tag; `dvc gc` with --all-tags from now on",
        _tags,
    ),
)
