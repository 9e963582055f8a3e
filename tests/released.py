"""Releases of the small stand-in, made in a checkout of their own; keys made for the test."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from project import Project

from acne04.cli import main
from acne04.provenance.checksums import ATTESTATION, SUMS, present_files, to_sums
from acne04.provenance.envelope import open_envelope, sign
from acne04.provenance.keys import load_private, load_public
from acne04.provenance.statement import Attested, from_bytes, to_bytes

ALGORITHMS = {
    "ed25519": ("ed25519",),
    "p256": ("EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "p384": ("EC", "-pkeyopt", "ec_paramgen_curve:P-384"),
}


@dataclasses.dataclass(frozen=True)
class Keys:
    """Files of a private key and of its public half."""

    private: Path
    public: Path


def make_keys(folder: Path, kind: str = "ed25519") -> Keys:
    """Make a pair of keys with the commands of docs/releasing.md."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = Keys(folder / f"{kind}.pem", folder / f"{kind}.pub.pem")
    openssl("genpkey", "-algorithm", *ALGORITHMS[kind], "-out", keys.private)
    openssl("pkey", "-in", keys.private, "-pubout", "-out", keys.public)
    keys.private.chmod(0o600)
    return keys


def openssl(*words: object) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def checkout(finished: Project, folder: Path) -> Project:
    """Copy the finished project, its DVC store beside it, to change it."""
    for name in (finished.path.name, "acne04-store"):
        shutil.copytree(finished.path.parent / name, folder / name, symlinks=True)
    project = Project(folder / finished.path.name)
    project.git("config", "user.name", "test")
    project.git("config", "user.email", "test@example.org")
    return project


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder, as a user who went there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield


def release(project: Project, keys: Keys, version: str, *words: str) -> int:
    """Call `acne04 release` in a checkout."""
    with inside(project.path):
        return main(["release", version, "--key", str(keys.private), *words])


def record(project: Project, version: str) -> None:
    """Commit a release as its closing words say."""
    project.git("add", "releases")
    project.git("commit", "--quiet", "--message", f"Release {version}")


def attested(folder: Path, keys: Keys) -> Attested:
    """Read what a release attests."""
    opened = open_envelope(folder / ATTESTATION, [load_public(keys.public)])
    return from_bytes(opened.payload, "payload")


def sum_again(folder: Path) -> None:
    """Make SHA256SUMS agree with the files, as whoever forges them would."""
    files = {k: v for k, v in present_files(folder).items() if k not in (SUMS, ATTESTATION)}
    (folder / SUMS).write_text(to_sums(files))


def sign_again(folder: Path, old: Keys, new: Keys, **changes: object) -> None:
    """Sign a release as it now is: what a publisher with that key could have published."""
    said = attested(folder, old)
    (folder / ATTESTATION).unlink()
    changes = {"subjects": present_files(folder), **changes}
    payload = to_bytes(dataclasses.replace(said, **changes))  # type: ignore[arg-type]
    (folder / ATTESTATION).write_text(sign(payload, load_private(new.private)))
