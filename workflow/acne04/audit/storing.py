"""Checks of DVC's cache and store: whether a pull brings the bytes that are recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from acne04.audit.checkout import Checkout
from acne04.audit.digests import Digests
from acne04.audit.remote import FOLDER, needed, remote_of
from acne04.audit.tree import git
from acne04.inspection.check import Check, Evidence, NotRun, Problem

Needed = Mapping[str, list[str]]


def _cache(checkout: Checkout) -> Evidence:
    places = checkout.cache_folder.glob("??/*")
    present = {path.parent.name + path.name: path for path in places}
    if not present:
        raise NotRun("the cache holds nothing yet")
    hashed = checkout.digests(present.values())
    found = {name: digests for name, path in present.items() if (digests := hashed[path])}
    wanted = needed(checkout, _outs(checkout), None)
    return Evidence(
        f"{len(found):,} objects of the cache, hashed",
        tuple(_altered(checkout, found, wanted, "the cache")),
    )


def _altered(
    checkout: Checkout, found: Mapping[str, Digests], wanted: Needed, where: str
) -> Iterator[Problem]:
    """Compare objects with their names; and with their SHA-256, for two contents can share one."""
    for name, digests in sorted(found.items()):
        paths = wanted.get(name, [])
        if digests.md5 != name.removesuffix(FOLDER):
            shown = paths[0] if paths else f"object {name}"
            yield Problem(shown, f"object {name} with its own bytes in {where}",
                          f"md5 {digests.md5}")  # fmt: skip
            continue
        for path in paths:
            sha256 = checkout.known.get(path, digests.sha256)
            if digests.sha256 != sha256:
                yield Problem(path, f"sha256 {sha256} in {where}", f"sha256 {digests.sha256}")


def _outs(checkout: Checkout) -> list[dict[str, Any]]:
    return list(_outs_in({"stages": checkout.locked}))


def _outs_in(lock: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in (lock.get("stages") or {}).values():
        yield from entry.get("outs", [])


def _complete(checkout: Checkout) -> Evidence:
    remote = remote_of(checkout)
    wanted = needed(checkout, _outs(checkout), remote)
    problems = tuple(_missing(wanted, remote.exists(wanted), "object"))
    return Evidence(f"{len(wanted):,} objects that dvc.lock needs, in {remote.name}", problems)


def _missing(wanted: Needed, present: set[str], what: str) -> Iterator[Problem]:
    for name in sorted(set(wanted) - present):
        yield Problem(wanted[name][0], f"{what} {name} in the store", "not there")


def _objects(checkout: Checkout) -> Evidence:
    remote = remote_of(checkout)
    wanted = needed(checkout, _outs(checkout), remote)
    found = remote.digests(remote.exists(wanted))
    return Evidence(
        f"{len(found):,} objects of {remote.name}, read and hashed",
        tuple(_altered(checkout, found, wanted, "the store")),
    )


def _tags(checkout: Checkout) -> Evidence:
    tags = git("tag", "--list", "v*").split()
    if not tags:
        raise NotRun("no release has been tagged yet (v…)")
    remote, all_wanted = remote_of(checkout), set[str]()
    problems: list[Problem] = []
    # A tag is on the commit that was released; the release itself is recorded by a later one.
    asked = [(f"release {tag}", _outs_of_tag(tag)) for tag in tags]
    asked.append(("a release", _released_folders("HEAD")))
    for what, outs in asked:
        wanted = needed(checkout, outs, remote)
        all_wanted |= set(wanted)
        problems += _missing(wanted, remote.exists(wanted), f"{what}: object")
    return Evidence(
        f"{len(all_wanted):,} objects of {_listed(tags)}", tuple(dict.fromkeys(problems))
    )


def _outs_of_tag(tag: str) -> Iterator[dict[str, Any]]:
    """Give what a tag's ``dvc.lock`` records, and the releases before it."""
    if git("ls-tree", "--name-only", tag, "dvc.lock"):
        yield from _outs_in(_yaml(git("show", f"{tag}:dvc.lock")))
    yield from _released_folders(tag)


def _released_folders(revision: str) -> Iterator[dict[str, Any]]:
    """Give the release folders that a revision has added to DVC."""
    names = git("ls-tree", "-r", "-z", "--name-only", revision, "releases/").split("\0")
    for name in names:
        if name.endswith(".dvc"):
            folder = name.rpartition("/")[0]
            for out in _yaml(git("show", f"{revision}:{name}")).get("outs", []):
                yield {**out, "path": f"{folder}/{out['path']}"}


def _yaml(text: str) -> Mapping[str, Any]:
    return yaml.load(text, yaml.CSafeLoader) or {}


def _listed(tags: Iterable[str]) -> str:
    return f"tagged releases {', '.join(sorted(tags))}"


CHECKS: tuple[Check[Checkout], ...] = (
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
