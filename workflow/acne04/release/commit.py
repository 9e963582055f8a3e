"""What git says of the checkout: its commit, and whether it holds that and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from acne04.core.errors import UnavailableError
from acne04.provenance import git, working_tree


@dataclass(frozen=True)
class Head:
    """The commit that is checked out; `date` is its committer's, ``YYYY-MM-DD``."""

    commit: str
    date: str


def head() -> Head:
    """Give the commit that is checked out here.

    Raises
    ------
    UnavailableError
        If this is not the top of a git repository with a commit.
    """
    top = Path(git.read_text("rev-parse", "--show-toplevel").removesuffix("\n"))
    if top.resolve() != Path.cwd().resolve():
        raise UnavailableError(
            str(Path.cwd()), "not the top of the checkout", remedy=f"`cd {top}` first"
        )
    commit, date = git.read_text("show", "--no-patch", "--format=%H %cs", "HEAD").split()
    return Head(commit, date)


def unlike_head() -> list[str]:
    """List files that are not as the commit has them: altered, added, in no commit, or hidden."""
    commit = git.commit_of("HEAD")
    return [
        f"{path}: {found}" for path, _, found in working_tree.differences(commit, git.tree(commit))
    ]


def sign_tag(name: str, commit: str, message: str) -> None:
    """Make a signed tag, with the key that git is set up to sign with.

    Raises
    ------
    UnavailableError
        If git cannot make it; nothing is tagged then.
    """
    git.read("tag", "--sign", "--message", message, name, commit, personal=True)


def has_tag(name: str) -> bool:
    """Tell whether there is such a tag."""
    return bool(git.tags(name))
