"""Checks of DVC's cache and store: whether a pull brings the bytes that are recorded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from acne04.audit.audited_checkout import AuditedCheckout, FileDigests
from acne04.audit.store import Store, store_of
from acne04.core import yaml_files
from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch, NothingYet
from acne04.provenance import git, release_history
from acne04.provenance.checksums import ATTESTATION
from acne04.provenance.release_history import ReleaseHistory
from acne04.provenance.version_order import is_same_version, order

#: Object names of DVC: the MD5; of a folder's list, with this at its end.
_FOLDER = ".dir"
Needed = Mapping[str, list[str]]


def _needed(
    checkout: AuditedCheckout, outs: Iterable[dict[str, Any]], store: Store | None
) -> dict[str, list[str]]:
    """Give object -> the paths that it is for, those inside folders too.

    A folder's list that the cache does not hold is read from the store, where one is given.
    """
    found: dict[str, list[str]] = {}
    for out in outs:
        found.setdefault(out["md5"], []).append(out["path"])
        if out["md5"].endswith(_FOLDER):
            for md5, path in _members(checkout, out["md5"], store):
                found.setdefault(md5, []).append(f"{out['path']}/{path}")
    return found


def _members(
    checkout: AuditedCheckout, name: str, store: Store | None
) -> Iterator[tuple[str, str]]:
    place = checkout.cache_folder / name[:2] / name[2:]
    try:
        content = place.read_bytes() if place.is_file() else store.read(name) if store else b"[]"
        for entry in json.loads(content):
            yield str(entry["md5"]), str(entry["relpath"])
    except (OSError, ValueError, KeyError, TypeError):
        # The list itself is missing or altered, which is a problem of its own.
        return


def _cache(checkout: AuditedCheckout) -> Evidence:
    places = checkout.cache_folder.glob("??/*")
    present = {path.parent.name + path.name: path for path in places}
    wanted = _needed(checkout, _outs(checkout), None)
    if not wanted and not present:
        raise NothingYet("the cache holds nothing yet, and dvc.lock records nothing")
    folder = checkout.cache_folder
    near = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    if not set(wanted) & set(present):
        raise Impossible(
            f"the cache ({near}) holds none of the {len(wanted):,} objects that dvc.lock records: "
            "it was emptied, or is another one; `dvc commit` fills it from what lies here, "
            "`dvc fetch` from the store"
        )
    hashed = checkout.digests(present.values())
    found = {name: digests for name, path in present.items() if (digests := hashed[path])}
    return Evidence(
        f"{len(found):,} objects of the cache, hashed",
        tuple(_altered(checkout, found, wanted, f"the cache ({near})")),
    )


def _altered(
    checkout: AuditedCheckout, found: Mapping[str, FileDigests], wanted: Needed, where: str
) -> Iterator[Mismatch]:
    """Compare objects with their names; and with their SHA-256, for two contents can share one."""
    yield from _of_other_bytes(found, wanted, where)
    for name, digests in sorted(found.items()):
        for path in wanted.get(name, []) if _is_its_own(name, digests) else []:
            sha256 = checkout.known.get(path, digests.sha256)
            if digests.sha256 != sha256:
                yield Mismatch(path, f"sha256 {sha256} in {where}", f"sha256 {digests.sha256}")


def _of_other_bytes(
    found: Mapping[str, FileDigests], wanted: Needed, where: str
) -> Iterator[Mismatch]:
    for name, digests in sorted(found.items()):
        if not _is_its_own(name, digests):
            shown = wanted[name][0] if name in wanted else f"object {name}"
            yield Mismatch(shown, f"object {name[:2]}/{name[2:]} with its own bytes in {where}",
                          f"md5 {digests.md5}")  # fmt: skip


def _is_its_own(name: str, digests: FileDigests) -> bool:
    return digests.md5 == name.removesuffix(_FOLDER)


def _outs(checkout: AuditedCheckout) -> list[dict[str, Any]]:
    return list(_outs_in({"stages": checkout.locked}))


def _outs_in(lock: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in (lock.get("stages") or {}).values():
        yield from entry.get("outs", [])


def _wanted(checkout: AuditedCheckout, store: Store) -> Needed:
    """Give what the lock needs of the store; a lock that needs nothing is no lock of a run."""
    wanted = _needed(checkout, _outs(checkout), store)
    if not wanted:
        raise Impossible("dvc.lock records no artifact; `snakemake --cores all` makes them")
    return wanted


def _complete(checkout: AuditedCheckout) -> Evidence:
    store = store_of(checkout)
    wanted = _wanted(checkout, store)
    problems = tuple(_missing(wanted, store.exists(wanted), "object"))
    return Evidence(f"{len(wanted):,} objects that dvc.lock needs, in {store.name}", problems)


def _missing(wanted: Needed, present: set[str], what: str) -> Iterator[Mismatch]:
    for name in sorted(set(wanted) - present):
        yield Mismatch(wanted[name][0], f"{what} {name} in the store", "not there")


def _objects(checkout: AuditedCheckout) -> Evidence:
    store = store_of(checkout)
    wanted = _wanted(checkout, store)
    found = store.digests(store.exists(wanted))
    if not found:
        raise Impossible(f"{store.name} holds none of the {len(wanted):,} objects of dvc.lock")
    return Evidence(
        f"{len(found):,} objects of {store.name}, read and hashed",
        tuple(_altered(checkout, found, wanted, "the store")),
    )


def _tags(checkout: AuditedCheckout) -> Evidence:
    tags = release_history.release_tags()
    history = release_history.collect(everywhere=False)
    if not tags and not history.versions:
        raise NothingYet("no release has been tagged (v…) or recorded (releases/) yet")
    problems = list(_untagged(history, tags))
    store, all_wanted = store_of(checkout), dict[str, list[str]]()
    # A tag is on the commit that was released; the release itself is recorded by a later one.
    asked = [(f"release {tag}", list(_outs_of_tag(tag))) for tag in tags]
    asked.append(("a release", list(_released_folders("HEAD"))))
    for what, outs in asked:
        wanted = _needed(checkout, outs, store)
        problems += _missing(wanted, store.exists(wanted), f"{what}: object")
        if not wanted and what != "a release":
            problems.append(Mismatch("dvc.lock", f"{what}: artifacts that it records", "none"))
        for name, paths in wanted.items():
            all_wanted.setdefault(name, paths)
    # What this run needs as well is for store-objects; of others the ledger here knows no sums.
    others = set(all_wanted) - set(_needed(checkout, _outs(checkout), store))
    found = store.digests(store.exists(others))
    problems += _of_other_bytes(found, all_wanted, "the store")
    problems += _of_other_attestations(found, all_wanted)
    told = f"{len(all_wanted):,} objects of {_listed(tags)}; {len(found):,} of them, which this "
    told += "run does not need, read and hashed"
    return Evidence(told, tuple(dict.fromkeys(problems)))


def _of_other_attestations(found: Mapping[str, FileDigests], wanted: Needed) -> Iterator[Mismatch]:
    """Yield attestations in the store that are not those of the table of releases."""
    sums = {
        path: digests.sha256 for name, digests in found.items() for path in wanted.get(name, ())
    }
    for version, row in release_history.rows_of_index().items():
        for path, sha256 in sums.items():
            folder, _, name = path.rpartition("/")
            is_its = is_same_version(folder.rpartition("/")[2], str(version))
            if name == ATTESTATION and is_its and sha256 != row.attestation:
                told = f"sha256 {row.attestation}, as {release_history.INDEX} has it"
                yield Mismatch(path, told, f"sha256 {sha256} in the store")


def _untagged(history: ReleaseHistory, tags: Mapping[str, str]) -> Iterator[Mismatch]:
    """Yield releases that are recorded and not tagged: nothing names the commit to pull."""
    tagged = {order(version) for version in tags.values()}
    for version, said in history.versions.items():
        if version not in tagged:
            if git.is_shallow():
                raise Impossible(
                    f"there is no tag of release {version} in this shallow clone; "
                    "`git fetch --unshallow --tags`"
                )
            yield Mismatch(said[0].witness, f"tag v{said[0].version}", "no such tag")


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
    return yaml_files.parse(content, "a committed file") or {}


def _listed(tags: Iterable[str]) -> str:
    return f"tagged releases {', '.join(sorted(tags)) or '(none)'}"


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
        "`python -m snakemake_dvc --push`, which looks into folders, too",
        _complete,
    ),
    Check(
        "store-objects",
        "An altered object of the store is what a colleague gets.",
        True,
        "full",
        "in a checkout that passes: `python -m snakemake_dvc --push --again FILE`; keep the remote "
        "option `verify true`",
        _objects,
    ),
    Check(
        "released-tags",
        "A clean-up of the store (`dvc gc -c`) took objects that an older release needs; one of "
        "them was altered; or nothing names the commit of a release any more.",
        True,
        "full",
        "push them again from a checkout of that tag; `dvc gc` with --all-tags from now on; tag "
        "what was released",
        _tags,
    ),
)
