"""git through its adapter: real repositories, and what a user is told where git refuses."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from acne04 import cli
from acne04.core.errors import UnavailableError
from acne04.provenance import git

_IDENTITY = ("-c", "user.name=A. Person", "-c", "user.email=a@example.org")


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", *_IDENTITY, *words], check=True, capture_output=True, text=True, errors="replace"
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, in the working directory."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    _git("init", "--quiet", "--initial-branch=main")
    Path("plain.txt").write_text("one\n")
    Path("empty").write_bytes(b"")
    Path("földer\n\x1b[2J").mkdir()
    Path("földer\n\x1b[2J/name").write_bytes(b"\0two\n\nblob")
    Path(os.fsdecode(b"latin-\xff")).write_text("three\n")
    _git("add", "--all")
    _git("commit", "--quiet", "--message", "one")
    _git("tag", "v1")
    return folder


def _instead_of_git(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_names_are_bytes_and_contents_are_whole(repository: Path) -> None:
    found = {entry.path: entry.name for entry in git.tree("v1")}
    assert set(found) == {"plain.txt", "empty", "földer\n\x1b[2J/name", "latin-\udcff"}
    contents = git.contents(found.values())
    assert {path: contents[name] for path, name in found.items()} == {
        "plain.txt": b"one\n",
        "empty": b"",
        "földer\n\x1b[2J/name": b"\0two\n\nblob",
        "latin-\udcff": b"three\n",
    }
    assert git.read_list("ls-files", "-z", "--", "latin*") == ["latin-\udcff"]


def test_below_the_working_directory(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "földer\n\x1b[2J")
    assert [entry.path for entry in git.tree("v1", whole=False)] == ["name"]
    assert len(git.tree("v1")) == 4


def test_git_is_not_installed(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    with pytest.raises(UnavailableError, match="git is not installed"):
        git.commit_of("HEAD")


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnavailableError, match="not a git repository") as caught:
        git.commit_of("HEAD")
    assert not isinstance(caught.value, git.NoSuchRevisionError)


@pytest.mark.parametrize(
    "name", ["nowhere", "--help", "", "HEAD:plain.txt", "0" * 40, "v1 \n", "☠"]
)
def test_no_such_revision(name: str, repository: Path) -> None:
    with pytest.raises(git.NoSuchRevisionError, match="git knows no such revision"):
        git.commit_of(name)


def test_no_commit_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _git("init", "--quiet")
    with pytest.raises(git.NoSuchRevisionError, match="HEAD"):
        git.commit_of("HEAD")


def test_several_revisions_of_that_name(repository: Path) -> None:
    """Enough objects that some share their first four digits, the shortest name git takes."""
    made = "".join(f"blob\nmark :{n}\ndata {len(str(n))}\n{n}\n" for n in range(1, 2500))
    commits = "".join(
        f"commit refs/heads/many\ncommitter A <a@b> {n} +0000\ndata 0\n" for n in range(2500)
    )
    subprocess.run(["git", "fast-import", "--quiet"], input=(made + commits).encode(), check=True)
    starts = [name[:4] for name in _git("rev-list", "--all").split()]
    twice = next(start for start in starts if starts.count(start) > 1)
    with pytest.raises(UnavailableError, match="ambiguous") as caught:
        git.commit_of(twice)
    assert not isinstance(caught.value, git.NoSuchRevisionError)


def test_a_repository_of_somebody_else(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git's own switch for testing, which the adapter does not let through from outside."""
    real = shutil.which("git")
    script = f'GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {real} "$@"'
    _instead_of_git(monkeypatch, tmp_path / "bin", script)
    with pytest.raises(UnavailableError) as caught:
        git.commit_of("HEAD")
    assert not isinstance(caught.value, git.NoSuchRevisionError)
    said = str(caught.value)
    assert "belongs to another user" in said
    assert f"git config --global --add safe.directory {repository}" in said


def test_a_diff_in_a_repository_of_somebody_else(
    repository: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("dvc.yaml").write_text("stages: {}\n")
    real = shutil.which("git")
    _instead_of_git(
        monkeypatch, tmp_path / "bin", f'GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {real} "$@"'
    )
    assert cli.main(["diff", "HEAD"]) == 2
    said = capsys.readouterr().err
    assert "safe.directory" in said
    assert "no such revision" not in said


def test_an_object_that_is_not_here(repository: Path) -> None:
    with pytest.raises(UnavailableError, match="not in this repository"):
        git.contents(["1" * 40])


def test_another_language(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LANG", "LANGUAGE"):
        monkeypatch.setenv(name, "de_DE.UTF-8")
    with pytest.raises(git.NoSuchRevisionError):
        git.commit_of("nowhere")


def test_variables_of_the_caller_point_nowhere_else(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = git.commit_of("HEAD")
    other = tmp_path / "other"
    _git("clone", "--quiet", str(repository), str(other))
    subprocess.run(["git", *_IDENTITY, "commit", "--quiet", "--allow-empty", "-m2"], cwd=other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "none"))
    assert git.commit_of("HEAD") == here
    assert len(git.read_list("ls-files", "-z")) == 4


def test_settings_of_the_caller_change_no_answer(repository: Path, tmp_path: Path) -> None:
    before = git.read("show", "--no-patch", "--format=%H %cs", "HEAD"), git.tree("HEAD")
    ran = tmp_path / "ran"
    for name, value in (
        ("log.showSignature", "true"),
        ("color.ui", "always"),
        ("core.quotePath", "true"),
        ("core.fsmonitor", f"touch {ran}; false"),
    ):
        _git("config", name, value)
    assert (git.read("show", "--no-patch", "--format=%H %cs", "HEAD"), git.tree("HEAD")) == before
    git.read("status", "--porcelain=v1", "-z")
    assert not ran.exists()


def test_who_the_caller_is(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert git.user_name() == ""
    _git("config", "user.name", "Åsa")
    assert git.user_name() == "Åsa"


def test_a_reason_is_passed_on_and_not_endless(repository: Path) -> None:
    with pytest.raises(UnavailableError, match="git cat-file: fatal: ") as caught:
        git.read("cat-file", "blob", "x" * 5000)
    assert len(str(caught.value)) < 500
