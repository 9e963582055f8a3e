"""What is done to the tree, so that git does not see it, or sees something else."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

from faulting import commit
from project import Project

CODE = "workflow/acne04"
GRADES = f"{CODE}/core/grades.py"
EXTRA = f"{CODE}/extra.py"


def _is_silent(project: Project) -> None:
    """See that git tells of nothing: else a fault proves little."""
    assert project.git("status", "--porcelain") == ""


def _elsewhere(project: Project, name: str) -> Path:
    """Copy a file or folder of the checkout beside it, and take it away."""
    source = project.path / name
    target = project.path.parent / f"elsewhere-{source.name}"
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.rmtree(source)
    else:
        shutil.copy2(source, target)
        source.unlink()
    return target


def worktree_elsewhere(project: Project) -> None:
    """Let git look at an untouched copy, while the code here is another."""
    copy = project.path.parent / "untouched"
    copy.mkdir()
    archive = project.path.parent / "untouched.tar"
    project.git("archive", "--output", str(archive), "HEAD")
    shutil.unpack_archive(archive, copy)
    project.append(GRADES, "# a remark\n")
    project.git("config", "core.worktree", str(copy))


def only_the_worktree_elsewhere(project: Project) -> None:
    project.git("config", "core.worktree", str(project.path.parent))


def repository_without_a_worktree(project: Project) -> None:
    project.git("config", "core.bare", "true")


def rename_in_the_index(project: Project) -> None:
    project.git("mv", f"{CODE}/core/grades.py", f"{CODE}/core/degrees.py")


def copy_in_the_index(project: Project) -> None:
    shutil.copy2(project.path / GRADES, project.path / EXTRA)
    project.git("add", EXTRA)


def module_only_in_the_index(project: Project) -> None:
    (project.path / EXTRA).write_text("")
    project.git("add", EXTRA)
    (project.path / EXTRA).unlink()


def ignored_below_the_code(project: Project) -> None:
    (project.path / CODE / ".gitignore").write_text("extra.py\n.gitignore\n")
    project.git("add", "--force", f"{CODE}/.gitignore")
    project.git("commit", "--quiet", "--message", "an ignore file")
    (project.path / EXTRA).write_text("")
    _is_silent(project)


def ignored_by_a_rule_of_the_user(project: Project) -> None:
    rules = project.path.parent / "rules"
    rules.write_text("extra.py\n")
    project.git("config", "core.excludesFile", str(rules))
    (project.path / EXTRA).write_text("")
    _is_silent(project)


def compiled_module_without_its_source(project: Project) -> None:
    (project.path / CODE / "extra.pyc").write_bytes(b"")
    project.append(".git/info/exclude", "*.pyc\n")
    _is_silent(project)


def module_in_the_name_of_a_leftover(project: Project) -> None:
    (project.path / CODE / "extra.py").write_text("")
    project.append(".dvcignore", "extra.py\n")
    project.append(".gitignore", "extra.py\n")
    commit(project)
    _is_silent(project)


def module_beside_the_code(project: Project) -> None:
    """`python -m` finds it before the library of that name."""
    (project.path / "yaml.py").write_text("")
    project.append(".git/info/exclude", "yaml.py\n")
    _is_silent(project)


def package_beside_the_code(project: Project) -> None:
    (project.path / "yaml").mkdir()
    (project.path / "yaml/__init__.py").write_text("")
    project.append(".gitignore", "/yaml\n")
    commit(project)
    _is_silent(project)


def makefile_before_ours(project: Project) -> None:
    (project.path / "GNUmakefile").write_text("audit:\n")
    project.append(".git/info/exclude", "GNUmakefile\n")
    _is_silent(project)


def repository_in_place_of_code(project: Project) -> None:
    """A gitlink: the commit names another repository's commit, and holds none of its files."""
    folder = project.path / CODE / "explain"
    inner = Project(folder)
    inner.git("init", "--quiet")
    inner.git("add", "--all")
    inner.git("commit", "--quiet", "--message", "one")
    project.git("rm", "-r", "--quiet", "--cached", f"{CODE}/explain")
    project.git("add", f"{CODE}/explain")
    commit(project)
    _is_silent(project)


def repository_inside_the_code(project: Project) -> None:
    folder = project.path / CODE / "extra"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    Project(folder).git("init", "--quiet")
    project.append(".git/info/exclude", "extra/\n")
    _is_silent(project)


def link_in_place_of_a_module(project: Project) -> None:
    target = _elsewhere(project, GRADES)
    (project.path / GRADES).symlink_to(target)
    project.git("update-index", "--assume-unchanged", GRADES)
    _is_silent(project)


def link_in_place_of_a_folder_of_code(project: Project) -> None:
    target = _elsewhere(project, f"{CODE}/explain")
    (project.path / CODE / "explain").symlink_to(target)


def committed_link_in_place_of_a_module(project: Project) -> None:
    target = _elsewhere(project, GRADES)
    (project.path / GRADES).symlink_to(target)
    commit(project)
    _is_silent(project)


def committed_link_in_place_of_a_folder(project: Project) -> None:
    target = _elsewhere(project, f"{CODE}/explain")
    (project.path / CODE / "explain").symlink_to(target)
    commit(project)
    _is_silent(project)


def link_in_place_of_an_artifact(project: Project) -> None:
    target = _elsewhere(project, "data/splits/paper.csv")
    (project.path / "data/splits/paper.csv").symlink_to(target)


def link_in_place_of_an_image(project: Project) -> None:
    image = min((project.path / "data/raw/classification").rglob("*.jpg"))
    name = image.relative_to(project.path).as_posix()
    image.parent.joinpath(image.name).symlink_to(_elsewhere(project, name))


def link_in_place_of_a_folder_of_images(project: Project) -> None:
    target = _elsewhere(project, "data/raw/subjects")
    (project.path / "data/raw/subjects").symlink_to(target)


def bytes_changed_by_a_filter(project: Project) -> None:
    """Git cleans a file before it compares: what lies here is never what is committed."""
    project.git("config", "filter.quiet.clean", "grep -v remark")
    project.append(".git/info/attributes", f"{GRADES} filter=quiet\n")
    project.append(GRADES, "# a remark\n")
    project.git("add", GRADES)
    _is_silent(project)


def line_ends_changed(project: Project) -> None:
    project.append(".git/info/attributes", f"{GRADES} text eol=crlf\n")
    path = project.path / GRADES
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    project.git("add", GRADES)
    _is_silent(project)


def skipped_in_the_worktree(project: Project) -> None:
    project.git("update-index", "--skip-worktree", GRADES)
    project.append(GRADES, "# a remark\n")
    _is_silent(project)


def sparse_checkout(project: Project) -> None:
    # Else git lets files be whose times it does not know.
    project.git("status")
    project.git("sparse-checkout", "set", "--no-cone", "/*", f"!/{CODE}/explain/command.py")
    _is_silent(project)


def watched_by_a_program_that_sees_nothing(project: Project) -> None:
    hook = project.path.parent / "watcher"
    hook.write_text("#!/bin/sh\nprintf 'token\\0'\n")
    hook.chmod(0o755)
    project.git("config", "core.fsmonitor", str(hook))
    project.git("status")
    project.append(GRADES, "# a remark\n")


def commit_replaced(project: Project) -> None:
    """Another commit is shown in place of the one that is checked out."""
    old = project.git("rev-parse", "HEAD").strip()
    project.append(GRADES, "# a remark\n")
    project.git("commit", "--all", "--quiet", "--message", "another")
    new = project.git("rev-parse", "HEAD").strip()
    project.git("update-ref", "refs/heads/main", old)
    project.git("replace", old, new)
    _is_silent(project)


def object_of_another_content(project: Project) -> None:
    """The object of a folder is another, in a store that the repository borrows from."""
    folder = project.git("rev-parse", f"HEAD:{CODE}/core").strip()
    (project.path / GRADES).write_text("# nothing\n")
    project.git("add", GRADES)
    whole = project.git("write-tree").strip()
    altered = project.git("rev-parse", f"{whole}:{CODE}/core").strip()
    raw = project.command("bash", "-c", f"git cat-file tree {altered} | od -An -v -tx1").stdout
    content = bytes.fromhex("".join(raw.split()))
    place = project.path / ".git/objects" / folder[:2] / folder[2:]
    place.parent.mkdir(exist_ok=True)
    place.unlink(missing_ok=True)
    for pack in (project.path / ".git/objects/pack").glob("pack-*"):
        assert not pack.exists(), "the copy has loose objects alone"
    place.write_bytes(zlib.compress(b"tree %d\0" % len(content) + content))


def registry_emptied(project: Project) -> None:
    (project.path / CODE / "audit/registry.py").write_text("CHECKS = ()\n")
    commit(project)


#: Name, what is done, and the file that `clean-tree` points at.
TREE: tuple[tuple[str, Callable[[Project], None], str], ...] = (
    ("git set up to look at an untouched copy", worktree_elsewhere, ".git/config"),
    ("git set up to look at the folder above", only_the_worktree_elsewhere, ".git/config"),
    ("git set up to have no worktree", repository_without_a_worktree, ".git/config"),
    ("a module renamed in the index", rename_in_the_index, f"{CODE}/core/degrees.py"),
    ("a module copied in the index", copy_in_the_index, EXTRA),
    ("a module in the index alone", module_only_in_the_index, EXTRA),
    ("a module ignored by a committed file below the code", ignored_below_the_code, EXTRA),
    ("a module ignored by a rule of the user's own", ignored_by_a_rule_of_the_user, EXTRA),
    ("a compiled module without its source", compiled_module_without_its_source,
     f"{CODE}/extra.pyc"),
    ("a module that .dvcignore names", module_in_the_name_of_a_leftover, EXTRA),
    ("a module in the name of a library", module_beside_the_code, "yaml.py"),
    ("a package in the name of a library", package_beside_the_code, "yaml"),
    ("a makefile that comes before ours", makefile_before_ours, "GNUmakefile"),
    ("a repository in place of a folder of code", repository_in_place_of_code, f"{CODE}/explain"),
    ("a repository inside the code", repository_inside_the_code, f"{CODE}/extra/__init__.py"),
    ("a link in place of a module", link_in_place_of_a_module, GRADES),
    ("a link in place of a folder of code", link_in_place_of_a_folder_of_code, f"{CODE}/explain"),
    ("a committed link in place of a module", committed_link_in_place_of_a_module, GRADES),
    ("a committed link in place of a folder", committed_link_in_place_of_a_folder,
     f"{CODE}/explain"),
    ("code whose changes a filter takes out", bytes_changed_by_a_filter, GRADES),
    ("code with other line ends", line_ends_changed, GRADES),
    ("code that git is told to skip", skipped_in_the_worktree, GRADES),
    ("a sparse checkout", sparse_checkout, f"{CODE}/explain/command.py"),
    ("a watcher that tells git of no change", watched_by_a_program_that_sees_nothing, GRADES),
    ("a commit replaced by another", commit_replaced, GRADES),
    ("an object of git with other content", object_of_another_content, ".git"),
)  # fmt: skip
