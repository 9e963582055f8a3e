"""DVC's store, through DVC itself, whatever kind of server it is on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from acne04.audit.checkout import Checkout
from acne04.audit.digests import Digests, digest_of
from acne04.inspection.check import Impossible, NotRun

#: Object names of DVC: the MD5; of a folder's list, with this at its end.
FOLDER = ".dir"


class Remote:
    """The store that is set up for this checkout."""

    def __init__(self, repository: Any) -> None:
        from dvc.exceptions import DvcException

        try:
            self._odb = repository.cloud.get_remote_odb()
        except DvcException as error:
            raise NotRun(f"no store is set up: {error}") from None

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

    def digests(self, names: Iterable[str]) -> dict[str, Digests]:
        """Hash objects by their bytes in the store."""
        wanted = sorted(names)
        with ThreadPoolExecutor(self._odb.fs.jobs) as pool:
            return dict(zip(wanted, pool.map(self._digests, wanted), strict=True))

    def _digests(self, name: str) -> Digests:
        with self._odb.fs.open(self._odb.oid_to_path(name), "rb") as stream:
            return digest_of(stream.read)

    def read(self, name: str) -> bytes:
        """Read an object."""
        with self._odb.fs.open(self._odb.oid_to_path(name), "rb") as stream:
            return bytes(stream.read())


@lru_cache(maxsize=1)
def remote_of(checkout: Checkout) -> Remote:
    """Open the store.

    Raises
    ------
    NotRun
        If there is none yet.
    Impossible
        If it cannot be reached.
    """
    try:
        remote = Remote(checkout.dvc)
        is_there = remote.is_there
    except OSError as error:
        raise Impossible(f"the store cannot be reached: {error}") from None
    if not is_there:
        raise NotRun(f"nothing has been pushed yet: {remote.name} is not there")
    return remote


def needed(
    checkout: Checkout, outs: Iterable[dict[str, Any]], remote: Remote | None
) -> dict[str, list[str]]:
    """Give object -> the paths that it is for, those inside folders too.

    Parameters
    ----------
    outs : iterable of dict
        Outputs as a lock has them: md5, path.
    remote : Remote or None
        Where a folder's list is read that the cache does not hold.
    """
    found: dict[str, list[str]] = {}
    for out in outs:
        found.setdefault(out["md5"], []).append(out["path"])
        if out["md5"].endswith(FOLDER):
            for md5, path in _members(checkout, out["md5"], remote):
                found.setdefault(md5, []).append(f"{out['path']}/{path}")
    return found


def _members(checkout: Checkout, name: str, remote: Remote | None) -> Iterator[tuple[str, str]]:
    place = checkout.cache_folder / name[:2] / name[2:]
    try:
        content = place.read_bytes() if place.is_file() else remote.read(name) if remote else b"[]"
        for entry in json.loads(content):
            yield str(entry["md5"]), str(entry["relpath"])
    except (OSError, ValueError, KeyError, TypeError):
        # The list itself is missing or altered, which is a problem of its own.
        return
