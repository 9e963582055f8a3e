"""Checks of the artifacts' bytes against all that was recorded of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acne04.audit.audited_checkout import LEDGER, RAW, AuditedCheckout
from acne04.core import dvc
from acne04.core.hashing import files_below
from acne04.inspection.checks import Check, Evidence, Mismatch


def _file_set(checkout: AuditedCheckout) -> Evidence:
    tracked = {out["path"] for entry in checkout.locked.values() for out in entry.get("outs", [])}
    folders = {path for path in tracked if Path(path).parent == RAW and not path.endswith(".csv")}
    expected = tracked - folders
    for folder in sorted(folders):
        listed = checkout.listing(Path(folder).name)["path"]
        expected |= {f"{folder}/{name}" for name in listed}
    present = {f"data/{name}" for name in files_below(Path("data"))}
    problems = [
        Mismatch(path, "no such file: no stage makes it", "a file") for path in present - expected
    ]
    problems += [Mismatch(path, "a file, as the lock says", "none") for path in expected - present]
    problems.sort(key=lambda problem: problem.file)
    return Evidence(f"{len(present):,} files below data/", tuple(problems))


def _bytes(checkout: AuditedCheckout) -> Evidence:
    expected = {
        Path(path): file.sha256
        for path, file in checkout.ledger.files.items()
        if path.startswith("data/")
    }
    expected[LEDGER] = checkout.recorded.get(str(LEDGER), "")
    if checkout.is_full:
        for source in checkout.ledger.sources:
            for row in checkout.listing(source.key).itertuples():
                expected[Path(source.folder, row.path)] = row.sha256
    found = checkout.digests(expected)
    problems = []
    for path, sha256 in expected.items():
        digest = found[path]
        if digest is None or digest.sha256 != sha256:
            told = f"sha256 {digest.sha256}" if digest else "no such file"
            problems.append(Mismatch(str(path), f"sha256 {sha256 or 'in snakemake.lock'}", told))
    size = sum(digest.size for digest in found.values() if digest)
    told = f"{len(found):,} files, {size / 1e6:,.1f} MB, hashed from disk"
    return Evidence(
        told if checkout.is_full else f"{told} (the images: at level full)", tuple(problems)
    )


def _locks(checkout: AuditedCheckout) -> Evidence:
    entries = list(_entries(checkout))
    folders = [entry for entry in entries if str(entry["md5"]).endswith(".dir")]
    code = [entry for entry in folders if not entry["path"].startswith("data/")]
    files = [entry for entry in entries if not str(entry["md5"]).endswith(".dir")]
    found = checkout.digests(Path(entry["path"]) for entry in files)
    problems = []
    for entry in files:
        digest = found[Path(entry["path"])]
        if digest is None or (digest.md5, digest.size) != (entry["md5"], entry["size"]):
            told = f"md5 {digest.md5}, {digest.size} bytes" if digest else "no such file"
            problems.append(
                Mismatch(entry["path"], f"md5 {entry['md5']}, {entry['size']} bytes, as dvc.lock "
                        f"has it for stage {entry['stage']}", told)
            )  # fmt: skip
    problems += [
        Mismatch(entry["path"], f"md5 {entry['md5']}", f"md5 {md5 or 'of nothing'}")
        for entry in code
        if (md5 := dvc.code_md5(Path(entry["path"]))) != entry["md5"]
    ]
    if checkout.is_full:
        for entry in (entry for entry in folders if entry not in code):
            if (md5 := folder_md5(checkout, Path(entry["path"]))) != entry["md5"]:
                problems.append(Mismatch(entry["path"], f"md5 {entry['md5']}", f"md5 {md5}"))
    problems += _records_differ(checkout)
    told = f"{len(files):,} entries of dvc.lock, {len(checkout.recorded)} of snakemake.lock"
    return Evidence(told, tuple(dict.fromkeys(problems)))


def _entries(checkout: AuditedCheckout) -> Iterator[dict[str, Any]]:
    for stage, entry in checkout.locked.items():
        for kind in ("deps", "outs"):
            for item in entry.get(kind, []):
                yield {"stage": stage, **item}


def _records_differ(checkout: AuditedCheckout) -> list[Mismatch]:
    """Compare the digests of the two other records: all three tell of one run."""
    problems = []
    for path, sha256 in checkout.recorded.items():
        known = checkout.ledger.files.get(path)
        if known is not None and known.sha256 != sha256:
            problems.append(
                Mismatch("snakemake.lock", f"{path}: sha256 {known.sha256}, as the ledger has it",
                        f"sha256 {sha256}")
            )  # fmt: skip
    return problems


def folder_md5(checkout: AuditedCheckout, folder: Path) -> str:
    """Digest of a folder as DVC makes it; a file that cannot be read is left out."""
    names = files_below(folder)
    found = checkout.digests(folder / name for name in names)
    digests = ((name, found[folder / name]) for name in names)
    return dvc.folder_md5({name: digest.md5 for name, digest in digests if digest is not None})


CHECKS: tuple[Check[AuditedCheckout], ...] = (
    Check(
        "file-set",
        "A file that no stage made lies among the dataset's, or one is missing.",
        True,
        "quick",
        "delete what is not the workflow's; `dvc checkout` brings back what is missing",
        _file_set,
    ),
    Check(
        "artifact-bytes",
        "Bytes changed after the run, even where times, MD5 or DVC's database do not show it. "
        "Who can rewrite the ledger too is caught by release-agrees or rebuild.",
        True,
        "quick",
        "remove the files that are named, then `dvc checkout`: with --force alone it may take them "
        "for unchanged. Where the cache is altered as well, remove its objects, too, and "
        "`dvc pull`",
        _bytes,
    ),
    Check(
        "lock-agrees",
        "dvc.lock, snakemake.lock and ledger tell of different runs, so a pull brings other bytes.",
        True,
        "quick",
        "run `snakemake --cores all`; commit both locks together",
        _locks,
    ),
)
