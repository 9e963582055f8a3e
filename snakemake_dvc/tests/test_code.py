"""The digest of a rule's code, and whose code it is."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from snakemake_dvc import code_folders
from snakemake_dvc.code_folders import code, code_files, paths_of
from snakemake_dvc.dvc import code_md5, folder_md5
from snakemake_dvc.errors import BridgeError
from snakemake_dvc.packages import refuse_elsewhere

LEFTOVERS = ("__pycache__/step.cpython-311.pyc", "step.py~", ".step.py.swp", "step.py.orig")


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of code in a checkout that ignores what editors leave."""
    monkeypatch.chdir(tmp_path)
    _forget()
    (tmp_path / ".dvcignore").write_text("__pycache__\n*~\n*.sw[op]\n*.orig\n")
    room = tmp_path / "code"
    room.mkdir()
    (room / "step.py").write_text("print()\n")
    (room / "inner").mkdir()
    (room / "inner/part.py").write_text("part = 1\n")
    return room


def _forget() -> None:
    """As in another process: a digest is made once in each."""
    code_folders._sha256.cache_clear()
    code_folders._ignored.cache_clear()


def test_content_and_names_decide(room: Path) -> None:
    first = code("code")
    (room / "inner/part.py").write_text("part = 2\n")
    _forget()
    second = code("code")
    (room / "inner/part.py").rename(room / "inner/piece.py")
    _forget()
    assert len({first, second, code("code")}) == 3


def test_order_and_leftovers_do_not(room: Path) -> None:
    first = code("code", ".dvcignore")
    for name in LEFTOVERS:
        (room / name).parent.mkdir(exist_ok=True)
        (room / name).write_bytes(b"left")
    _forget()
    assert code(".dvcignore", "code") == first
    assert paths_of(first) == (".dvcignore", "code")
    assert code_files("code") == ["code/inner/part.py", "code/step.py"]


def test_dvc_counts_the_same_files(room: Path) -> None:
    for name in LEFTOVERS:
        (room / name).parent.mkdir(exist_ok=True)
        (room / name).write_bytes(b"left")
    for words in (("git", "init", "--quiet"), (sys.executable, "-m", "dvc", "init", "--quiet")):
        subprocess.run(words, check=True, capture_output=True)
    stage = "stages:\n  one:\n    cmd: echo > out\n    deps: [code]\n    outs: [out]\n"
    Path("dvc.yaml").write_text(stage)
    subprocess.run([sys.executable, "-m", "dvc", "repro", "-q"], check=True, capture_output=True)
    assert f"md5: {code_md5(room.relative_to(Path.cwd()))}" in Path("dvc.lock").read_text()


def test_code_that_is_not_there_is_told(room: Path) -> None:
    with pytest.raises(BridgeError, match="codes: the code of a rule is not there"):
        code("codes")


def test_a_package_from_elsewhere_is_refused_by_name(tmp_path: Path) -> None:
    here = Path(code_folders.__file__).parents[2]
    refuse_elsewhere({"snakemake_dvc": "src"}, here)
    with pytest.raises(BridgeError) as caught:
        refuse_elsewhere({"snakemake_dvc": "src", "nobody_has_this": "src"}, tmp_path)
    said = str(caught.value)
    assert said.startswith("nobody_has_this, snakemake_dvc: the code")
    assert str(tmp_path / "src/snakemake_dvc") in said
    assert str(here / "src/snakemake_dvc") in said
    assert "no such package" in said
    assert caught.value.exit_code == 2


def test_a_folder_has_the_digest_that_dvc_gives_it() -> None:
    from dvc_data.hashfile.hash_info import HashInfo
    from dvc_data.hashfile.tree import Tree

    names = ["page/page.css", "page.py", "page-old.py", "page", "a/b/c.py", "a/b.py", "ü/x.py"]
    files = {name: hashlib.md5(name.encode()).hexdigest() for name in names}
    tree = Tree()
    for name, md5 in files.items():
        tree.add(tuple(name.split("/")), None, HashInfo("md5", md5))
    tree.digest()
    assert folder_md5(files) == tree.hash_info.value
