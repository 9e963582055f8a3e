"""What a run needs and a checkout has not: from the store, before anything is made again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from snakemake_dvc import dvc, store
from snakemake_dvc.faults import Fault, listed
from snakemake_dvc.printing import say, say_aside
from snakemake_dvc.stale import Staleness


def bring(staleness: Staleness, targets: Callable[[], tuple[list[str], bool]], dry: bool) -> None:
    """Pull what is recorded, absent and needed; say what has to be made again, and why.

    Where the store lacks something, the inputs of its stage are asked for in turn. Where it cannot
    be asked, or what it holds is damaged, nothing is made in its place.

    Parameters
    ----------
    staleness : Staleness
        The stages against ``dvc.lock``.
    targets : callable
        Gives the files that the run is asked for, and whether its call names them; to find out
        takes a third of a second.
    dry : bool
        Only say what would be asked for.

    Raises
    ------
    BridgeError
        If the store does not answer, or gives other bytes than those recorded.
    """
    # `dvc repro` holds DVC's own lock until its stage is done: no other command of DVC runs.
    if dvc.nested_stage() or all(Path(out.path).exists() for out in dvc.tracked_outs()):
        return
    files, is_named = targets()
    absent = staleness.needed(files, is_named)
    asked: set[str] = set()
    while absent:
        if not store.is_asked():
            say(f"Made again, {store.VARIABLE} being none: {listed(absent)}")
            return
        if not _is_there():
            _refuse_or_tell(absent, store.look(), dry)
            return
        if dry:
            say(f"A run would first ask the store for {listed(absent)}")
            return
        say_aside(f"Asking the store for what is needed: {listed(absent)}")
        _refuse_or_tell(absent, store.pull(*absent), dry)
        asked |= set(absent)
        lost = {path for path in absent if not Path(path).exists()}
        stages = {out.stage for out in dvc.tracked_outs() if out.path in lost}
        if stages and not is_named:
            # A run that makes anything ends with what depends on all, the ledger for one.
            stages = staleness.with_dependents(stages)
        made = {out.path for out in dvc.tracked_outs() if out.stage in stages}
        wanted = staleness.inputs_of(stages) - asked - made
        absent = sorted(path for path in wanted if not Path(path).exists())


def _refuse_or_tell(paths: list[str], fault: Fault | None, dry: bool) -> None:
    """Stop where the store cannot be asked; where it only lacks something, say what is made."""
    if fault is None:
        return
    if fault.kind not in ("none", "missing"):
        raise store.refused(
            fault,
            "nothing ran: what is recorded is not made again unasked",
            expected=f"{listed(paths)}, which the run needs and this checkout has not",
            remedy=f"To have it made again: `{store.VARIABLE}=none snakemake --cores all`",
        )
    # In a fresh clone without a store nobody expects anything else.
    is_fresh = not any(Path(out.path).exists() for out in dvc.tracked_outs())
    if not dry and not (fault.kind == "none" and is_fresh):
        say_aside(f"The store: {fault.what}. Made again: {listed(fault.paths or paths)}")


def _is_there() -> bool:
    """Whether DVC has somewhere to look at: where not, it needs seconds to say something else."""
    url = str(store.configured()[1].get("url", ""))
    return "://" in url or (bool(url) and store.place_of(url).is_dir())
