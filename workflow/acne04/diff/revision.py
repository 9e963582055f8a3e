"""A state of the checkout: a revision of git, or the working tree."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from acne04.core import yaml_files
from acne04.core.checkout import is_ignored
from acne04.core.dvc import folder_md5
from acne04.core.errors import SchemaError, UnavailableError
from acne04.provenance import git

WORKING_TREE = "the working tree"


@dataclass(frozen=True, eq=False)
class Revision:
    """A state of the checkout in the working directory.

    Attributes
    ----------
    name : str
        As the user gave it.
    commit : str or None
        Commit in hexadecimal; None for the working tree.
    """

    name: str
    commit: str | None

    @cached_property
    def _blobs(self) -> dict[str, str]:
        """Path -> name of the blob, of what lies below the working directory."""
        entries = git.tree(str(self.commit), whole=False)
        return {entry.path: entry.name for entry in entries if entry.mode != git.MODULE}

    @cached_property
    def files(self) -> list[str]:
        """Paths of the files that git holds, or would, sorted."""
        if self.commit:
            return sorted(self._blobs)
        names = git.read_list("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return sorted(name for name in set(names) if Path(name).is_file())

    def read(self, path: str) -> bytes | None:
        """Content of a file that git holds, or would; None where there is none."""
        return self.contents([path]).get(path)

    def contents(self, paths: list[str]) -> dict[str, bytes]:
        """Give path -> content of those files that are there."""
        if self.commit is None:
            return {path: Path(path).read_bytes() for path in paths if Path(path).is_file()}
        names = {path: self._blobs[path] for path in paths if path in self._blobs}
        found = git.contents(names.values())
        return {path: found[name] for path, name in names.items()}

    def md5s(self, paths: list[str]) -> dict[str, str]:
        """Give path -> MD5, as DVC has it, of those files that are there."""
        return {
            path: hashlib.md5(content, usedforsecurity=False).hexdigest()
            for path, content in self.contents(paths).items()
        }

    def below(self, path: str) -> list[str]:
        """List the files of a folder of code, or the file itself where it is one."""
        inside = [file for file in self.files if file.startswith(f"{path}/")]
        return [file for file in inside if not is_ignored(file)] or [path]

    def digests(self, paths: list[str]) -> dict[str, str]:
        """Give path -> MD5, as DVC has it, of those files and folders of code that are there."""
        files = {path: self.below(path) for path in paths}
        md5s = self.md5s(sorted({file for inside in files.values() for file in inside}))
        found: dict[str, str] = {}
        for path, inside in files.items():
            if inside == [path]:
                found |= {path: md5s[path]} if path in md5s else {}
            else:
                start = len(path) + 1
                found[path] = folder_md5({file[start:]: md5s[file] for file in inside})
        return found

    def mapping(self, path: str) -> dict[str, Any]:
        """Content of a YAML file; empty where there is none.

        Raises
        ------
        UnavailableError
            If it cannot be understood.
        """
        content = self.read(path)
        if content is None:
            return {}
        try:
            document = yaml_files.parse(content, f"{path} of {self.name}") or {}
        except SchemaError as error:
            raise UnavailableError(error.where, error.what, done="nothing compared") from None
        if not isinstance(document, dict):
            raise self.unreadable(path, "not a mapping")
        return document

    def unreadable(self, path: str, why: str) -> UnavailableError:
        """Make the error that says that a file of this state cannot be understood."""
        return UnavailableError(f"{path} of {self.name}", why, done="nothing compared")

    @cached_property
    def dataset(self) -> str:
        """Which upstream this state holds."""
        return str(self.mapping("params.yaml").get("dataset", "none"))

    @cached_property
    def stages(self) -> dict[str, Any]:
        """Stages of ``dvc.lock``, by name."""
        stages = self.mapping("dvc.lock").get("stages") or {}
        if not isinstance(stages, dict) or not all(isinstance(s, dict) for s in stages.values()):
            raise self.unreadable("dvc.lock", "not a lock of DVC")
        return stages

    def files_of(self, stage: str, kind: str) -> dict[str, str]:
        """Path -> MD5 of a stage's ``deps`` or ``outs``, as the lock has them."""
        listed = self.stages.get(stage, {}).get(kind) or []
        try:
            return {str(entry["path"]): str(entry["md5"]) for entry in listed if "md5" in entry}
        except (TypeError, KeyError):
            raise self.unreadable("dvc.lock", f"not a lock of DVC: stage {stage}") from None

    @cached_property
    def outs(self) -> dict[str, str]:
        """Path -> MD5 of all outputs."""
        return {p: md5 for stage in self.stages for p, md5 in self.files_of(stage, "outs").items()}


def revision(name: str | None) -> Revision:
    """Find a revision by any name that git knows; None is the working tree.

    Raises
    ------
    UnavailableError
        If git knows no such commit.
    """
    if name is None:
        return Revision(WORKING_TREE, None)
    return Revision(name, git.commit_of(name))
