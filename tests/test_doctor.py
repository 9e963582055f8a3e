"""`acne04 doctor` in real situations: each is told in a line, with a way out that works."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import socket
import subprocess
from collections import namedtuple
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from project import Project, copy_of_tree
from pytest_httpserver import HTTPServer

from acne04.doctor import machine
from acne04.doctor.registry import CHECKS
from acne04.doctor.surroundings import Surroundings
from acne04.inspection.checks import CheckOutcome, run

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "schemas/audit.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return copy_of_tree(ROOT, tmp_path_factory.mktemp("doctor") / "project")


@pytest.fixture
def checkout(pristine: Project, tmp_path: Path) -> Project:
    place = tmp_path / "lab" / "project"
    place.parent.mkdir()
    subprocess.run(["cp", "-a", str(pristine.path), str(place)], check=True)
    # No credentials of whoever runs the tests, and no waiting for a cloud's.
    nowhere = {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    return replace(pristine, path=place, environment=nowhere)


def examine(project: Project, code: int) -> dict[str, dict[str, Any]]:
    """Call it; give the checks by name."""
    done = project.command("acne04", "doctor", "--json")
    assert done.returncode == code, done.stdout + done.stderr
    document = json.loads(done.stdout)
    jsonschema.validate(document, SCHEMA)
    assert [check["id"] for check in document["checks"]] == [check.id for check in CHECKS]
    return {check["id"]: check for check in document["checks"]}


def wrong(checks: dict[str, dict[str, Any]]) -> list[str]:
    return [name for name, c in checks.items() if c["status"] == "failed" and c["required"]]


def test_a_fresh_clone_can_run(checkout: Project) -> None:
    checks = examine(checkout, 0)
    assert wrong(checks) == []
    assert checks["store"]["reason"].endswith("acne04-store; `dvc push` makes it")
    done = checkout.command("acne04", "doctor")
    lines = done.stdout.splitlines()
    assert lines[-1].startswith("doctor: nothing is wrong; ")
    assert all(any(check.id in line for line in lines) for check in CHECKS)
    assert checkout.git("status", "--porcelain") == ""


def _other_version(project: Project) -> None:
    lock = project.path / "requirements.lock"
    text, count = re.subn(r"^rich==\S+", "rich==1.2.3", lock.read_text(), flags=re.MULTILINE)
    assert count == 1
    lock.write_text(text)


def _not_installed(project: Project) -> None:
    project.append("requirements.lock", "no-such-package==1.0\n")


def _a_pin_lost(project: Project) -> None:
    (project.path / "upstreams/standin/pins/v2.csv").unlink()


def _no_git(project: Project) -> None:
    shutil.rmtree(project.path / ".git")


def _parameter(project: Project) -> None:
    project.set_parameter("target", 0)


def _data_elsewhere(project: Project) -> None:
    """Where not even root may write."""
    (project.path / "data").symlink_to("/proc")


def _store(url: str) -> Callable[[Project], None]:
    def set_up(project: Project) -> None:
        done = project.dvc("remote", "modify", "--local", "store", "url", url)
        assert done.returncode == 0, done.stderr

    return set_up


def _config_broken(project: Project) -> None:
    project.append(".dvc/config", "[core\n")


SITUATIONS: dict[str, tuple[Callable[[Project], None], str, str, str]] = {
    "another version": (_other_version, "locked-packages", "rich 1.2.3, as", "make setup"),
    "a package lost": (_not_installed, "locked-packages", "not installed", "make setup"),
    "a pin lost": (_a_pin_lost, "pinned-sources", "v2.csv", "git checkout upstreams"),
    "no repository": (_no_git, "repository", "git", "git"),
    "a parameter": (_parameter, "parameters", "params.yaml (line 21)", "git diff params.yaml"),
    "nowhere to write": (_data_elsewhere, "writable", "data", "the right to write"),
    "a store that is gone": (_store("/no/such/place"), "store", "no such folder", "mkdir -p"),
    "a store of a cloud": (_store("gs://bucket/x"), "store", "no support", "ssh, s3 or webdav"),
    "no address": (_store("ssh://host:port/x"), "store", "no address", "dvc remote modify"),
    "DVC's settings": (_config_broken, "store", ".dvc/config", "git checkout .dvc/config"),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_is_wrong_is_told_with_the_way_out(name: str, checkout: Project) -> None:
    spoil, check, said, remedy = SITUATIONS[name]
    spoil(checkout)
    done = checkout.command("acne04", "doctor", "--json")
    found = {c["id"]: c for c in json.loads(done.stdout)["checks"]}[check]
    assert done.returncode == (1 if found["status"] == "failed" else 2)
    assert found["status"] in ("failed", "impossible")
    told = json.dumps([found["reason"], found["problems"]], ensure_ascii=False)
    assert said in told
    assert remedy in found["remedy"]
    text = checkout.command("acne04", "doctor").stdout
    assert re.search(rf"^(WRONG|UNKNOWN) +{check}: ", text, re.MULTILINE), text
    assert "Traceback" not in text


def test_a_store_that_is_made_as_told_is_fine(checkout: Project, tmp_path: Path) -> None:
    _store(str(tmp_path / "disk" / "store"))(checkout)
    command = re.findall(r"`(mkdir [^`]+)`", examine(checkout, 1)["store"]["remedy"])[0]
    assert checkout.command("bash", "-c", command).returncode == 0
    assert examine(checkout, 0)["store"]["status"] == "passed"


@pytest.mark.parametrize("scheme", ["ssh", "webdav", "webdavs"])
def test_a_port_that_nobody_listens_on(scheme: str, checkout: Project) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    _store(f"{scheme}://bob:pa55word@127.0.0.1:{port}/store")(checkout)
    store = examine(checkout, 1)["store"]
    assert f"nobody answers at 127.0.0.1, port {port}" in store["problems"][0]["found"]
    assert "the port is right" in store["remedy"]
    assert "pa55word" not in json.dumps(store)
    assert "bob" not in json.dumps(store)


@pytest.mark.server
def test_a_server_that_lets_nobody_in(checkout: Project, httpserver: HTTPServer) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_data("no", status=401)
    _store(f"webdav://127.0.0.1:{httpserver.port}/store")(checkout)
    store = examine(checkout, 1)["store"]
    assert store["problems"][0]["found"] == "it does not let this user in"
    assert "dvc remote modify --local store user NAME" in store["remedy"]


@pytest.mark.server
@pytest.mark.parametrize("is_known", [False, True])
def test_a_bucket_and_its_credentials(
    is_known: bool, checkout: Project, httpserver: HTTPServer
) -> None:
    refusal = "<Error><Code>InvalidAccessKeyId</Code><Message>no</Message></Error>"
    httpserver.expect_request(re.compile(".*")).respond_with_data(refusal, status=403)
    _store("s3://bucket/store")(checkout)
    address = f"http://127.0.0.1:{httpserver.port}"
    checkout.dvc("remote", "modify", "--local", "store", "endpointurl", address)
    if is_known:
        checkout.environment["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE"
        checkout.environment["AWS_SECRET_ACCESS_KEY"] = "sesame-open"
    store = examine(checkout, 1)["store"]
    said = "it does not take these credentials" if is_known else "it wants credentials"
    assert said in store["problems"][0]["found"]
    assert ("AWS_ACCESS_KEY_ID" in store["remedy"]) == (not is_known)
    assert "sesame-open" not in json.dumps(store)


def test_pins_that_nobody_has_written_yet(checkout: Project) -> None:
    checkout.set_parameter("dataset", "acne04")
    checks = examine(checkout, 0)
    assert checks["pinned-sources"]["status"] == "not-run"
    assert "the first fetch writes it: commit that" in checks["pinned-sources"]["reason"]
    assert "whose size nobody has published" in checks["disk-space"]["looked_at"]


def test_a_run_at_work_is_told_and_one_that_was_killed_is_not(checkout: Project) -> None:
    lock = checkout.path / ".acne04/run.lock"
    lock.parent.mkdir()
    with lock.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        (problem,) = examine(checkout, 1)["runs-at-work"]["problems"]
        assert problem["found"] == "a run is at work"
    assert examine(checkout, 0)["runs-at-work"]["status"] == "passed"


def test_another_checkouts_code_is_told(checkout: Project) -> None:
    checkout.environment["PYTHONPATH"] = str(ROOT / "workflow")
    code = examine(checkout, 1)["code-of-checkout"]
    assert code["status"] == "failed"
    assert {problem["file"] for problem in code["problems"]} >= {"acne04"}
    assert "unset PYTHONPATH" in code["remedy"]


def test_a_locale_of_another_encoding(checkout: Project) -> None:
    checkout.environment |= {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    (problem,) = examine(checkout, 1)["locale"]["problems"]
    assert problem["file"] == "LC_ALL=C"
    del checkout.environment["PYTHONUTF8"], checkout.environment["PYTHONCOERCECLOCALE"]
    checkout.environment["LC_ALL"] = "C.UTF-8"
    assert examine(checkout, 0)["locale"]["status"] == "passed"


def outcome(name: str) -> CheckOutcome:
    (found,) = run([check for check in CHECKS if check.id == name], Surroundings())
    return found


def test_a_disk_that_is_too_small(checkout: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(checkout.path)
    assert outcome("disk-space").status == "passed"
    usage = namedtuple("usage", "total used free")(10**9, 10**9, 3 * 10**8)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: usage)
    found = outcome("disk-space")
    assert found.status == "failed"
    assert found.looked_at.startswith("0.3 GB free, ")
    assert "make room" in found.remedy


def test_a_file_system_that_keeps_neither_locks_nor_links_nor_case(
    checkout: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout.path)
    assert outcome("file-system").problems == ()

    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(machine.os, "link", refuse)
    monkeypatch.setattr(machine.os, "symlink", refuse)
    monkeypatch.setattr(machine.fcntl, "flock", lambda *_: None)
    found = {problem.file for problem in outcome("file-system").problems}
    assert found == {"flock", "symlink", "link"}


def test_a_machine_with_little_memory(
    checkout: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(checkout.path)
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(machine, "_CGROUP", limit)
    for text, status in (("max\n", "passed"), ("500000000\n", "failed")):
        limit.write_text(text)
        assert outcome("memory").status == status
    assert not outcome("memory").required
