"""What a change does to the dataset, in plain words."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
from pathlib import Path

import audit_faults as do
import mini_project
import pytest
from mini_project import PHOTOGRAPHS
from project import Project as Checkout

from acne04.cli import main
from acne04.diff import changes
from acne04.diff.files import Commit, Files, Workspace
from acne04.diff.rendering import NOTHING
from acne04.diff.states import State, read_state

GOLDEN = Path(__file__).parent / "golden/diff"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("diff")
    with contextlib.redirect_stdout(io.StringIO()):
        mini_project.build(folder / "project")
    return folder


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "copy")
    return tmp_path / "copy/project"


def settle(root: Path) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        do.settle(root)


def call(root: Path, *words: str) -> tuple[int, str]:
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        return main(["diff", *words, "--project", str(root)]), stream.getvalue()


def assert_golden(name: str, text: str) -> None:
    text = re.sub(r"\\?\([0-9a-f]{12}\\?\)", "(COMMIT)", text)
    golden = GOLDEN / name
    if os.environ.get("ACNE04_WRITE_GOLDEN") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def change_much(root: Path) -> None:
    """Change something of every kind."""
    do.edit_row(root, do.HOLDOUT, "levle0_2.jpg", ",test,", ",val,")
    do.edit_row(root, do.HOLDOUT, "levle1_2.jpg", ",train,,,", ",,,,undecodable")
    do.edit_row(root, "data/splits/published.csv", "levle0_2.jpg", ",test,", ",trainval,")
    do.edit_row(root, do.INVENTORY, "levle0_1.jpg", ",real,0,", ",real,1,")
    do.remove_row(root, do.INVENTORY, "aa.jpg")
    do.remove_row(root, "data/groups/relations.csv", "levle0_1.jpg")
    do.edit_row(root, "data/groups/groups.csv", "levle0_1.jpg", ",A,A,", ",Z,A,")
    do.edit_row(root, "data/annotations/lesions.csv", "levle0_0.jpg", ",5,5,2,", ",6,5,2,")
    do.edit(root, "params.yaml", "folds: 2", "folds: 3")
    do.edit_json(root, "data/near/findings.json", lambda d: d["counts"].update({"seen": 3}))
    do.edit(root, "data/raw/v2/Acne04-v2_annotations.json", "[]", "[1]")
    do.list_anew(root, "v2")
    with (root / "decisions/places.csv").open("a") as stream:
        stream.write(do._decision_row(subject="0" * 64))


def test_a_change_of_every_kind(project: Path, tmp_path: Path) -> None:
    change_much(project)
    markdown = tmp_path / "diff.md"
    exit_code, said = call(project, "HEAD", "--markdown", str(markdown))
    assert exit_code == 0
    assert_golden("every-kind.txt", said)
    assert_golden("every-kind.md", markdown.read_text())
    # What is committed is told alike, from the cache alone.
    settle(project)
    shutil.rmtree(project / "data")
    _, committed = call(project, "HEAD~1", "HEAD")
    assert said.splitlines()[1:] == committed.splitlines()[1:]


def test_nothing_changes(project: Path) -> None:
    exit_code, said = call(project, "HEAD")
    assert exit_code == 0
    assert said.splitlines()[1:] == [NOTHING]


def test_forth_and_back(project: Path) -> None:
    """What is added one way is removed the other."""
    do.edit(project, "data/groups/relations.csv", "standin,subject", "standin,near")
    settle(project)
    forth, back = call(project, "HEAD~1", "HEAD")[1], call(project, "HEAD", "HEAD~1")[1]
    assert "1 near relation added" in forth
    assert "1 subject relation removed" in forth
    assert "1 near relation removed" in back
    assert "1 subject relation added" in back


def _states(project: Path) -> tuple[State, State]:
    return (
        read_state(Files(Commit(project, "HEAD"))),
        read_state(Files(Workspace(project))),
    )


def test_a_renamed_image_is_no_new_one(project: Path) -> None:
    for name in (do.INVENTORY, "data/groups/groups.csv"):
        do.edit(project, name, f"{PHOTOGRAPHS}/levle2_0.jpg", f"{PHOTOGRAPHS}/levle2_9.jpg")
    found = changes.image_changes(*_states(project))
    assert (found.added, found.removed) == ([], [])
    assert found.renamed == [(f"{PHOTOGRAPHS}/levle2_0.jpg", f"{PHOTOGRAPHS}/levle2_9.jpg")]


def test_a_new_copy_is_a_new_image(project: Path) -> None:
    lines = (project / do.INVENTORY).read_text().splitlines(keepends=True)
    row = next(line for line in lines if ",levle2_0.jpg," in line)
    with (project / do.INVENTORY).open("a") as stream:
        stream.write(row.replace("levle2_0", "levle2_9"))
    found = changes.image_changes(*_states(project))
    assert (found.added, found.renamed) == ([f"{PHOTOGRAPHS}/levle2_9.jpg"], [])


def test_a_revision_with_fewer_columns_is_read(project: Path) -> None:
    """An earlier revision need not have what tables have today."""
    path = project / "data/groups/groups.csv"
    rows = [line.split(",") for line in path.read_text().splitlines()]
    path.write_text("".join(",".join(row[:4]) + "\n" for row in rows))
    exit_code, said = call(project, "HEAD")
    assert (exit_code, NOTHING in said) == (0, True)


@pytest.mark.parametrize("revision", ["nothing-of-the-kind", "--output=x", "HEAD:dvc.lock"])
def test_an_unknown_revision_is_exit_code_2(
    project: Path, revision: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        exit_code = main(["diff", "--project", str(project), "--", revision])
    assert exit_code == 2
    assert "git knows no such revision" in capsys.readouterr().err
    assert not (project / "x").exists()


def test_what_the_cache_lacks_is_exit_code_2(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    do.object_of(project, ".dvc/cache", do.HOLDOUT).unlink()
    assert call(project, "HEAD")[0] == 2
    told = capsys.readouterr().err
    assert f"{do.HOLDOUT} of HEAD" in told
    assert "dvc fetch" in told


def test_what_the_cache_has_wrong_is_exit_code_1(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    do.flip(do.object_of(project, ".dvc/cache", do.HOLDOUT))
    assert call(project, "HEAD")[0] == 1
    assert "the cache holds other bytes" in capsys.readouterr().err


def test_a_workspace_without_data_is_exit_code_2(project: Path) -> None:
    shutil.rmtree(project / "data")
    assert call(project, "HEAD")[0] == 2


def test_no_images_are_needed(project: Path) -> None:
    """A pull request's base is told from its tables: their objects are all that must be fetched."""
    for path in (project / ".dvc/cache/files/md5").glob("??/*"):
        if path.read_bytes()[:10] == b"photograph" or path.name.endswith(".dir"):
            path.unlink()
    shutil.rmtree(project / "data/raw/classification")
    assert call(project, "HEAD")[0] == 0


@pytest.mark.parametrize("name", ["a|b", "<script>", "x`y`", "[z](http://e)", "*b*"])
def test_markdown_takes_names_for_names(project: Path, tmp_path: Path, name: str) -> None:
    from acne04.diff.rendering import as_markdown
    from acne04.diff.report import Section

    text = as_markdown("t", [Section("s", [name], ["part", name], [[name, "1"]])])
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert {re.sub(r"\\.", "", line).count("|") for line in table} == {3}
    assert "<script>" not in text
    assert "](http" not in re.sub(r"\\.", "", text)


@pytest.mark.workflow
def test_a_finished_run_told_against_its_commit(finished: Checkout) -> None:
    done = finished.command("acne04", "diff", "HEAD")
    assert done.returncode == 0, done.stderr
    assert NOTHING in done.stdout
