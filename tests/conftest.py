"""Fixtures that several test files share."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

# As `acne04` does, and like there before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
import released
from project import Project, copy_of_tree
from selenium import webdriver
from store_servers import sshd

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder of the real annotation file and subject table, which lie beside the project."""
    folder = ROOT.parent / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip("the real tables (../shared/reference) are not on this machine")
    return folder


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Folder of the tools from npm that .ci/package.json names."""
    folder = Path(os.environ.get("ACNE04_NODE_MODULES", ROOT / ".ci" / "node_modules"))
    if not shutil.which("node") or not folder.is_dir():
        pytest.skip(f"the tools of .ci/package.json are not installed ({folder})")
    return folder


@pytest.fixture(scope="session")
def httpserver_listen_address() -> tuple[str, int]:
    return ("127.0.0.1", 0)


@pytest.fixture(scope="session")
def clients() -> Path:
    """A Python that has the libraries of .ci/clients.txt, and not ours."""
    return _interpreter("clients")


@pytest.fixture(scope="session")
def datumaro() -> Path:
    """A Python that has Datumaro (.ci/datumaro.txt)."""
    return _interpreter("datumaro")


@pytest.fixture(scope="session")
def servers() -> Path:
    """Folder of the servers' programs (.ci/servers.txt); OpenSSH's is on this machine."""
    if not sshd():
        pytest.skip("no sshd on this machine (Debian: openssh-server)")
    return _interpreter("servers").parent


def _interpreter(name: str) -> Path:
    python = Path(os.environ.get(f"ACNE04_{name.upper()}", ROOT / ".ci" / name / "bin/python"))
    if not python.is_file():
        pytest.skip(f"the environment of .ci/{name}.txt is not installed ({python})")
    return python


@pytest.fixture
def chromium() -> Iterator[webdriver.Chrome]:
    """A browser without a screen, which writes its console where a test can read it."""
    if not shutil.which("chromedriver") or not shutil.which("chromium"):
        pytest.skip("chromium and chromedriver are not installed (Debian: chromium-driver)")
    options = webdriver.ChromeOptions()
    # Without a sandbox: CI is root in a container. Without /dev/shm, which may be small there.
    for argument in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "hide-scrollbars"):
        options.add_argument(f"--{argument}")
    options.binary_location = shutil.which("chromium") or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options, service)
    yield driver
    driver.quit()


def _made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Project:
    """Make a project in one of the test processes, for all of them."""
    workers = os.environ.get("PYTEST_XDIST_WORKER")
    base = factory.getbasetemp().parent if workers else factory.getbasetemp()
    folder, done = base / name, base / f"{name}.done"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder / "project")
            done.touch()
    return Project(folder / "project")


def _run_to_the_end(project: Project) -> None:
    done = project.snakemake()
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that ran to the end on the small stand-in, committed and pushed; do not change."""

    def make(place: Path) -> None:
        project = copy_of_tree(ROOT, place)
        project.set_parameter("fraction", 32)
        _run_to_the_end(project)
        project.git("add", "--all")
        project.git("commit", "--quiet", "--message", "a finished run")
        assert project.dvc("push").returncode == 0

    return _made_once(tmp_path_factory, "finished", make)


@pytest.fixture(scope="session")
def audited(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The finished project with two releases, committed, pushed, the first one tagged; do not
    change. The keys of the publisher, and of somebody else, lie beside it.
    """

    def make(place: Path) -> None:
        project = released.checkout(finished, place.parent)
        signing = released.make_keys(place.parent / "keys")
        released.make_keys(place.parent / "keys", "p256")
        for version in ("1.0.0", "1.1.0"):
            project.git("tag", f"v{version}")
            assert released.release(project, signing, version) == 0
            released.record(project, version)
        assert project.dvc("push").returncode == 0

    return _made_once(tmp_path_factory, "audited", make)


@pytest.fixture(scope="session")
def rerun(audited: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project after its releases: run again with another parameter; do not change."""

    def make(place: Path) -> None:
        shutil.copytree(audited.path.parent, place.parent, symlinks=True, dirs_exist_ok=True)
        project = Project(place)
        project.set_parameter("target", 399)
        _run_to_the_end(project)
        project.git("add", "--all")
        project.git("commit", "--quiet", "--message", "another run")
        assert project.dvc("push").returncode == 0

    return _made_once(tmp_path_factory, "rerun", make)


@pytest.fixture(scope="session")
def contexts() -> Path | None:
    """Folder of the JSON-LD contexts for validating run crates; None where it is not at hand."""
    folder = ROOT.parent / "shared" / "reference" / "contexts"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that ran to the end as it is committed, on the whole stand-in; do not change."""
    return _made_once(
        tmp_path_factory, "full", lambda place: _run_to_the_end(copy_of_tree(ROOT, place))
    )


@pytest.fixture(scope="session")
def whole(full: Project) -> Project:
    """The same, for who needs its images, too."""
    return full


@pytest.fixture
def clone(finished: Project, tmp_path: Path) -> Project:
    """A fresh `git clone` and plain `dvc pull` of the finished project."""
    project = finished.clone(tmp_path / "clone")
    pulled = project.dvc("pull")
    assert pulled.returncode == 0, pulled.stderr
    return project


@pytest.fixture
def bare_clone(finished: Project, tmp_path: Path) -> Project:
    """A fresh `git clone` of the finished project, without its data."""
    return finished.clone(tmp_path / "clone")
