"""``dvc pull`` for a checkout that strangers may have changed, as that of a pull request.

DVC runs nothing of a checkout when it pulls. But it writes where the checkout says, and it goes
where the checkout's settings say with the secrets of whoever calls it: both are looked at before.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from snakemake_dvc import dvc, git, store
from snakemake_dvc.errors import BridgeError
from snakemake_dvc.printing import say_aside

#: Address of the store in the environment, in place of the one in .dvc/config.
STORE = "STORE_URL"
_CONFIG = Path(".dvc/config")
#: All that a commit may hold in the folder .dvc.
_IN_GIT = (".dvc/config", ".dvc/.gitignore")
_PLAIN = ("100644", "100755")


def pull(checkout: Path, trusted: Path) -> None:
    """Bring what ``dvc.lock`` of a checkout records, and the releases that it names.

    Parameters
    ----------
    checkout : pathlib.Path
        Where to pull; from then on the working directory.
    trusted : pathlib.Path
        Checkout whose settings of DVC are to be trusted; the same one, or that of the base branch.

    Raises
    ------
    BridgeError
        If the checkout is not to be trusted that far, or DVC cannot bring it.
    """
    settings = (trusted / _CONFIG).read_bytes()
    is_strange = not checkout.samefile(trusted)
    os.chdir(checkout)
    if is_strange and (problems := [*_settings(settings), *_places()]):
        raise BridgeError(
            str(checkout),
            "it is not pulled for a change that may have DVC go, or write, elsewhere",
            found="; ".join(problems[:10]),
            done="nothing pulled",
            remedy="look at these first; where they are wanted, merge them on their own",
            exit_code=2,
        )
    if url := os.environ.get(STORE):
        dvc.run("remote", "modify", "--local", "store", "url", url)
    if fault := store.pull():
        if fault.kind != "none" or not _taken_from_cache():
            raise store.refused(fault, "not everything is pulled")
        say_aside(f"The store: {fault.what}. What dvc.lock records came from DVC's cache")


def push(again: Iterable[str]) -> None:
    """Bring to the store what it lacks of what ``dvc.lock`` records, and the releases.

    Parameters
    ----------
    again : iterable of str
        Files to be sent whatever lies there.

    Raises
    ------
    BridgeError
        If the store does not take all of it.
    """
    if fault := store.push(again):
        raise store.refused(fault, "not everything is pushed; what arrived stays")


def _taken_from_cache() -> bool:
    """Where there is no store: bring all that is recorded from the cache, if it has all."""
    outs = dvc.tracked_outs()
    return bool(outs) and len(dvc.restore(outs)) == len(outs)


def _settings(trusted: bytes) -> Iterator[str]:
    if not _CONFIG.is_file() or _CONFIG.read_bytes() != trusted:
        yield f"{_CONFIG} is another one"
    yield from (f"{path} is in git" for path in git.tracked_below(".dvc") if path not in _IN_GIT)


def _places() -> Iterator[str]:
    """Yield what leads out of a checkout: links, other repositories, artifacts elsewhere."""
    for mode, path in git.modes():
        if mode not in _PLAIN:
            yield f"{path} is a link, or another repository"
    for out in dvc.outs_by_name():
        place = PurePosixPath(out)
        if place.is_absolute() or ".." in place.parts or place.parts[0] in (".git", ".dvc"):
            yield f"an artifact would be written to {out}"
