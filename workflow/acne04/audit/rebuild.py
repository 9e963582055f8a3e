"""The checks that trust no record of what a stage made: run it again, and compare the bytes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from acne04.audit.audited_checkout import RAW, AuditedCheckout
from acne04.audit.own_process import clone_of_head, run_module
from acne04.core.dvc import differences
from acne04.core.hashing import files_below
from acne04.inspection.checks import Check, Evidence, Impossible, Mismatch
from acne04.provenance import git

#: What is not made again at level full, since it takes longest: photographs of the sources, and
#: what `near` said of them, unless its memory of pairs is at hand.
_NEAR, _MEMORY = Path("data/near"), Path(".acne04/near.sqlite")
#: What a run writes of the jobs that it ran; of the others it keeps what is committed.
_LOCKS = ("dvc.lock", "snakemake.lock")
#: A run must find nothing that it could take instead of making it: no other cache, an empty store.
_NO_STORE = """\
[core]
    remote = nowhere
[cache]
    dir = cache
['remote "nowhere"']
    url = nowhere
"""


def _remade(checkout: AuditedCheckout) -> Evidence:
    images, scanned = Path("data/inventory/images.csv"), Path("data/inventory")
    with clone_of_head("acne04-rebuild-") as place:
        for given in (RAW, _NEAR, _MEMORY):
            _copy(given, place / given)
        # First this stage alone: as long as it makes what is recorded, `near` has nothing to do.
        _run(place, str(images))
        has_memory = _MEMORY.is_file()
        if has_memory:
            shutil.rmtree(place / _NEAR)
        _run(place)
        made = [out for out in _outs(checkout.locked) if RAW not in Path(out).parents]
        problems = tuple(_other_bytes(place, [*made, *_LOCKS]))
    told = "" if has_memory else f"; not {_NEAR}, whose memory of pairs is not here (--rebuild)"
    return Evidence(
        f"{len(made)} artifacts from {scanned} on, made again from the images and compared{told}",
        problems,
    )


def _rebuild(checkout: AuditedCheckout) -> Evidence:
    commit = git.commit_of("HEAD")
    with clone_of_head("acne04-rebuild-") as place:
        _run(place)
        made = (place / "dvc.lock").read_text(encoding="utf-8")
        ours = Path("dvc.lock").read_text(encoding="utf-8")
        outs = _outs(yaml.load(made, yaml.CSafeLoader).get("stages") or {})
        problems = (
            *(
                Mismatch("dvc.lock", "what a run from nothing records", line)
                for line in differences(ours, made)
            ),
            *_other_bytes(place, outs),
        )
        number = len(files_below(place / "data"))
    return Evidence(f"{number:,} files of a run from nothing, of commit {commit[:12]}", problems)


def _copy(given: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    # Copies: a run may mend or delete what it is given.
    if given.is_dir():
        shutil.copytree(given, place)
    elif given.is_file():
        shutil.copy2(given, place)


def _run(place: Path, *targets: str) -> None:
    """Run the workflow of a checkout by its own code, with an empty store and no other cache."""
    (place / ".dvc/nowhere").mkdir(exist_ok=True)
    (place / ".dvc/config.local").write_text(_NO_STORE, encoding="utf-8")
    done = run_module(place, "snakemake", "--cores", "all", *targets)
    if done.returncode != 0:
        lines = (done.stdout + done.stderr).strip().splitlines()
        raise Impossible(f"a run of this commit's code failed: {' / '.join(lines[-3:])}")


def _outs(stages: dict[str, Any]) -> list[str]:
    """List what stages of a dvc.lock make."""
    return [out["path"] for entry in stages.values() for out in entry.get("outs", [])]


def _other_bytes(place: Path, outs: list[str]) -> Iterator[Mismatch]:
    """Compare artifacts, and the files in those that are folders, with those of another place."""
    for name in outs:
        ours, theirs = (_files(folder / name) for folder in (Path(), place))
        for path in sorted({*ours, *theirs}):
            if ours.get(path) != theirs.get(path):
                found = "other bytes" if path in ours and path in theirs else "one has no file"
                yield Mismatch(f"{name}{path}", "what its stage makes of its inputs", found)


def _files(path: Path) -> dict[str, bytes]:
    """Give the content of a file, or of all files of a folder by their place in it."""
    if path.is_file():
        return {"": path.read_bytes()}
    return {f"/{name}": (path / name).read_bytes() for name in files_below(path)}


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "stages-remade",
        "Somebody altered a table, and every record of it: the stages make another one of the "
        "images. (It runs the commit's code, and takes what `near` said as it is recorded where "
        "its memory of pairs is not at hand.)",
        True,
        "full",
        "compare both; restore the artifacts that are named from a release, or run `snakemake "
        "--cores all` and look at what changes",
        _remade,
    ),
    Check(
        "rebuild",
        "Somebody altered an image or what `near` says, and every record of it: a run from the "
        "pinned sources gives other bytes. (It trusts the code and the pins of the commit.)",
        True,
        "rebuild",
        "compare both; restore the commit and the artifacts that a run makes",
        _rebuild,
    ),
)
