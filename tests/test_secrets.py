"""A store with a name, a password and a token: none of them in anything printed or written."""

from __future__ import annotations

import base64
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import unquote

import pytest
from faults import NEWEST, keys
from project import Project, flag_of

pytestmark = [pytest.mark.workflow, pytest.mark.server]

# Words that stand in no file but where these tests write them.
USER, PASSWORD, TOKEN = (f"{name}{token_hex(6)}" for name in ("user", "word", "sign"))
SECRETS = (USER, PASSWORD, TOKEN, base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode())
FORMS = ("json", "markdown", "sarif", "junit")
#: What is the user's own, and what is git's and DVC's: objects by their hashes.
OWN = (".git/", ".dvc/cache/", ".dvc/config.local")
SOURCE = ("v2", "--dataset", "standin", "--sources", "workflow/sources.yaml", "--pins",
          "upstreams/standin/pins/v2.csv", "--version", "1", "--upstream",
          "upstream/standin")  # fmt: skip
MADE = ("--output", "data/raw/v2", "--listing", "data/raw/v2.csv")


class _Store(BaseHTTPRequestHandler):
    """The folder of a store, for those who log in."""

    def __init__(self, folder: Path, *words: Any) -> None:
        self._folder = folder
        super().__init__(*words)

    def do_HEAD(self) -> None:
        self._answer(is_body=False)

    def do_GET(self) -> None:
        self._answer(is_body=True)

    def _answer(self, *, is_body: bool) -> None:
        if self.headers.get("Authorization") != f"Basic {SECRETS[3]}":
            self.send_error(401)
            return
        # DVC sets the path of an object behind the whole address, its query too.
        name = unquote(self.path).partition("/files/md5/")[2]
        path = self._folder / "files/md5" / name
        if name and not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes() if name else b""
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if is_body:
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address(audited: Project) -> Iterator[str]:
    """Address of the store, with all that is secret of it."""
    folder = audited.path.parent / "acne04-store"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Store, folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{USER}:{PASSWORD}@127.0.0.1:{server.server_port}/store?token={TOKEN}"
    server.shutdown()


@pytest.fixture
def project(audited: Project, address: str, tmp_path: Path) -> Project:
    """A copy of the checkout with its data, whose store is at that address."""
    place = tmp_path / "lab"
    subprocess.run(["cp", "-a", str(audited.path.parent), str(place)], check=True)
    # The store is reached by its address alone.
    shutil.rmtree(place / "acne04-store")
    project = Project(place / audited.path.name)
    _store_at(project, address)
    return project


def _store_at(project: Project, url: str) -> None:
    (project.path / ".dvc/config.local").write_text(f"['remote \"store\"']\n    url = {url}\n")


class Told:
    """Calls commands, and keeps all that they say."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.said: list[str] = []

    def __call__(self, *words: str, code: int | None = None) -> str:
        done = self._project.command(*words)
        text = done.stdout + done.stderr
        assert "Traceback" not in text, (words, text)
        assert code is None or done.returncode == code, (words, text)
        self.said.append(text)
        return text


def held(project: Project) -> Iterator[tuple[str, str]]:
    """Give each file beside and in the checkout that is not the user's own, and what it holds."""
    for path in sorted(project.path.parent.rglob("*")):
        name = path.relative_to(project.path.parent).as_posix()
        inside = name.removeprefix(f"{project.path.name}/")
        if path.is_file() and not inside.startswith(OWN):
            yield name, path.read_bytes().decode("latin-1")


def assert_nothing_is_told(project: Project, told: Told) -> None:
    for text in told.said:
        assert [secret for secret in SECRETS if secret in text] == [], text
    for name, content in held(project):
        assert [secret for secret in SECRETS if secret in content or secret in name] == [], name


def reports(name: str) -> list[str]:
    return [word for form in FORMS for word in (flag_of(form), f"reports/{name}.{form}")]


def _all_verbs(told: Told, project: Project) -> None:
    key = str(keys(project).public)
    release = ["--release", NEWEST, "--trusted-key", key, "--expect-serial", "2"]
    told("acne04", "--log", "logs/audit.log", "audit", "--level", "full", *release,
         *reports("audit"))  # fmt: skip
    # All reports of the level full are in files already.
    for form in FORMS:
        told("acne04", "audit", flag_of(form), "-")
    told("acne04", "verify", NEWEST, "--trusted-key", key, *reports("verify"))
    told("acne04", "diff", "HEAD^", "HEAD", "--output", "reports/diff.json",
         "--markdown", "reports/diff.md")  # fmt: skip
    told("acne04", "trace", "data/splits/paper.csv", "--json")
    told("acne04", "trace", "data/splits/paper.csv")
    told("make", "--no-print-directory", "-n", "pull")
    told("python", "-m", "snakemake_dvc", "--pull", ".")
    told("acne04", "release", "9.0.0", "--key", str(keys(project).private), "--output",
         str(project.path.parent / "release"), "--repository",
         f"https://{USER}:{PASSWORD}@h.org/a?token={TOKEN}")  # fmt: skip


def _restore(told: Told, project: Project) -> None:
    """Bring a folder back that neither data nor cache holds."""
    shutil.rmtree(project.path / "data/raw/v2")
    shutil.rmtree(project.path / ".dvc/cache")
    told("acne04", "restore", *SOURCE, *MADE)


def test_a_store_that_serves(project: Project) -> None:
    told = Told(project)
    _all_verbs(told, project)
    assert "objects that dvc.lock needs, in " in told.said[0], told.said[0]
    _restore(told, project)
    told("snakemake", "--cores", "2")
    project.set_parameter("target", 399)
    told("snakemake", "--cores", "2", "--until", "scan")
    assert_nothing_is_told(project, told)


@pytest.mark.parametrize("fault", ["refuses", "is not there", "is no address"])
def test_a_store_that_does_not(fault: str, project: Project, address: str) -> None:
    wrong = {
        "refuses": address.replace(PASSWORD, f"{PASSWORD}-of-old"),
        "is not there": f"http://{USER}:{PASSWORD}@127.0.0.1:9/store?token={TOKEN}",
        "is no address": f"http://{USER}:{PASSWORD}@[127.0.0.1/store?token={TOKEN}",
    }
    _store_at(project, wrong[fault])
    told = Told(project)
    _all_verbs(told, project)
    _restore(told, project)
    # A run that needs the store, and one that fails by itself.
    shutil.rmtree(project.path / "data", ignore_errors=True)
    told("snakemake", "--cores", "2", "--until", "scan")
    (project.path / "data/raw/v2").mkdir(parents=True, exist_ok=True)
    (project.path / "upstream/standin/Acne04-v2_annotations.json").unlink(missing_ok=True)
    told("snakemake", "--cores", "2", "--until", "validate")
    assert_nothing_is_told(project, told)


def test_a_source_with_a_secret_is_refused_by_every_verb(project: Project) -> None:
    path = project.path / "workflow/sources.yaml"
    text = path.read_text(encoding="utf-8")
    old = "file:upstream/standin/Acne04-v2_annotations.json"
    assert old in text
    path.write_text(text.replace(old, f"http://{USER}:{PASSWORD}@127.0.0.1:9/a?token={TOKEN}"))
    told = Told(project)
    told("acne04", "pin", *SOURCE, code=1)
    told("acne04", "fetch", *SOURCE, *MADE, code=1)
    told("acne04", "restore", *SOURCE, *MADE)
    told("acne04", "audit", *reports("audit"))
    told("acne04", "diff", "HEAD", "--output", "reports/diff.json", "--markdown", "reports/diff.md")
    told("acne04", "check", "workflow/sources.yaml", code=1)
    told("snakemake", "--cores", "2")
    path.write_text(text)
    assert_nothing_is_told(project, told)
