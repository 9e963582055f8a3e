"""DVC's store as the audit sees it; and what says that there must be one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from acne04.audit.audited_checkout import AuditedCheckout, FileDigests, digest_of
from acne04.core.addresses import bare
from acne04.core.dvc import meaning_of
from acne04.inspection.checks import Impossible, NothingYet
from acne04.provenance import release_history

#: Where the committed configuration of DVC puts the store of somebody who has set up none.
DEFAULT_PLACE = "../../acne04-store"
#: Where DVC keeps objects below the place of a store.
_OBJECTS = str(Path("files", "md5"))
#: By which `make pull` is told of another store.
_STORE_URL = "STORE_URL"
_REMEDY = "`acne04 doctor` says why, and the way out; `dvc remote list` shows the address"


class Store:
    """The store that is set up for this checkout; each of its objects is read once."""

    def __init__(self, odb: Any) -> None:
        self._odb = odb
        self._digests: dict[str, FileDigests] = {}

    @property
    def name(self) -> str:
        """Address of the store, as it may be shown."""
        return bare(str(self._odb.fs.unstrip_protocol(self._odb.path)))

    @property
    def is_folder(self) -> bool:
        """Whether it is a plain folder of this machine."""
        return str(self._odb.fs.protocol) == "local"

    def is_there(self) -> bool:
        """Ask whether anything was ever pushed; a folder that was made for it is a store, too."""
        path = str(self._odb.path)
        with self._asked():
            is_made = self.is_folder and Path(path.removesuffix(_OBJECTS)).is_dir()
            return is_made or bool(self._odb.fs.exists(path))

    def exists(self, names: Iterable[str]) -> set[str]:
        """Give those of some objects that the store holds, each asked for."""
        with self._asked():
            # No shortcut of DVC's, which takes a folder's files for present where its list is.
            return set(self._odb.list_oids_exists(sorted(names)))

    def digests(self, names: Iterable[str]) -> dict[str, FileDigests]:
        """Hash objects by their bytes in the store."""
        wanted = sorted(names)
        new = [name for name in wanted if name not in self._digests]
        with self._asked(), ThreadPoolExecutor(self._odb.fs.jobs) as pool:
            self._digests.update(zip(new, pool.map(self._digest, new), strict=True))
        return {name: self._digests[name] for name in wanted}

    def _digest(self, name: str) -> FileDigests:
        with self._odb.fs.open(self._odb.oid_to_path(name), "rb") as stream:
            return digest_of(stream.read)

    def read(self, name: str) -> bytes:
        """Read an object; raises FileNotFoundError where the store has none of that name."""
        with self._asked(), self._odb.fs.open(self._odb.oid_to_path(name), "rb") as stream:
            return bytes(stream.read())

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Tell in one way that a store does not answer; what it has not is another matter."""
        try:
            yield
        except FileNotFoundError:
            raise
        except Exception as error:
            # Each kind of store raises what its own library raises.
            what = f"the store {self.name} cannot be read: {meaning_of(error)}"
            raise Impossible(what, _REMEDY) from None


@lru_cache(maxsize=1)
def store_of(checkout: AuditedCheckout) -> Store:
    """Open the store.

    Raises
    ------
    NothingYet
        If there is none, and nothing says that anything was ever pushed.
    Impossible
        If there is none although something says so; or if it cannot be reached.
    """
    from dvc.config import NoRemoteError
    from dvc.exceptions import DvcException

    try:
        store = Store(checkout.dvc.cloud.get_remote_odb())
    except NoRemoteError:
        raise _missing(checkout, "no store is set up") from None
    except (DvcException, OSError, ValueError, ImportError) as error:
        raise Impossible(f"the store cannot be used: {meaning_of(error)}", _REMEDY) from None
    if not store.is_there():
        raise _missing(checkout, f"the store {store.name} is not there", store)
    return store


def _missing(
    checkout: AuditedCheckout, what: str, store: Store | None = None
) -> Impossible | NothingYet:
    """Say that there is no store: at fault only where something says that there should be one."""
    signs = list(dict.fromkeys(signs_of_a_store(checkout)))
    if store is not None and not store.is_folder:
        signs.insert(0, "it is set up elsewhere than on this machine")
    if signs:
        return Impossible(f"{what}, although there should be one: {'; '.join(signs)}", _REMEDY)
    return NothingYet(f"nothing has been pushed yet: {what}")


def signs_of_a_store(checkout: AuditedCheckout) -> Iterator[str]:
    """Yield what says that somebody has set up a store, or pushed to one."""
    if tags := release_history.release_tags():
        yield f"tag {', '.join(tags)}"
    for version, said in release_history.collect().versions.items():
        yield f"release {version}, of which {said[0].witness} tells"
    yield from _settings(checkout.dvc)
    if number := _remembered(Path(checkout.dvc.site_cache_dir)):
        yield f"DVC remembers {number:,} objects in a store of this checkout"


def _settings(repository: Any) -> Iterator[str]:
    """Yield settings of DVC, and the variable, by which somebody named a store of their own."""
    for level in ("system", "global", "local"):
        own = repository.config.load_one(level)
        if own.get("remote") or (own.get("core") or {}).get("remote"):
            yield f"DVC's {level} configuration sets one up"
    default = (Path(repository.root_dir) / ".dvc" / DEFAULT_PLACE).resolve()
    for name, remote in (repository.config.load_one("repo").get("remote") or {}).items():
        url = str(remote.get("url", ""))
        if "://" in url or Path(url).resolve() != default:
            yield f".dvc/config sets up {name} at {bare(url)}"
    if os.environ.get(_STORE_URL):
        yield f"{_STORE_URL} is set"


def _remembered(place: Path) -> int:
    """Count the objects that DVC has once seen in a store: it notes them at each push and pull."""
    from dvc_data.hashfile.db.index import ObjectDBIndex

    number = 0
    for folder in (place / ObjectDBIndex.INDEX_DIR).glob("*/cache.db"):
        index = ObjectDBIndex(str(place), folder.parent.name)
        number += sum(1 for _ in index)
        index.close()
    return number
