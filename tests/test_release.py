"""`acne04 release`: what it makes, the same bytes each time, and all that it refuses."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest
import released
import yaml
from project import Project
from released import Keys, attested, make_keys

from acne04.core import tables
from acne04.core.errors import UsageError
from acne04.provenance.checksums import ATTESTATION, present_files
from acne04.provenance.release_history import INDEX, Mention, ReleaseHistory, collect
from acne04.release.versions import check_version, next_serial, remarks

pytestmark = pytest.mark.workflow
STANDARDS = Path(__file__).parent / "standards"
FIRST = Path("releases/1.0.0")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def project(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A checkout of this module's own; each test leaves it as it was."""
    return released.checkout(finished, tmp_path_factory.mktemp("released"))


@pytest.fixture(scope="module")
def made(project: Project, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first release, out of the way, and the checkout without it."""
    assert released.release(project, keys, "1.0.0") == 0
    place = tmp_path_factory.mktemp("made")
    shutil.copytree(project.path / "releases", place / "releases")
    _undo(project)
    return place / FIRST


@pytest.fixture
def untouched(project: Project) -> Iterator[Project]:
    """The checkout, whose commit and files come back after the test."""
    commit = project.git("rev-parse", "HEAD").strip()
    yield project
    project.git("reset", "--quiet", "--hard", commit)
    _undo(project)


def _undo(project: Project) -> None:
    project.git("clean", "--quiet", "-d", "--force", "-x", "releases")


# --- what is made


def test_the_folder_holds_what_is_promised_and_no_image(made: Path) -> None:
    files = set(present_files(made))
    assert {"README.md", "CITATION.cff", "SHA256SUMS", ATTESTATION, "croissant.json"} <= files
    assert {"ro-crate-metadata.json", "ledger.json", "manifests/holdout.csv"} <= files
    assert {f"tables/{noun}/findings.json" for noun in ("inventory", "near", "groups")} <= files
    assert not [name for name in files if name.endswith((".jpg", ".JPG", ".tar"))]
    assert all((made / name).read_bytes().decode("utf-8") for name in files)


def test_sha256sum_agrees(made: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=made, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert len(done.stdout.splitlines()) == len(present_files(made)) - 2


def test_the_attestation_says_what_the_release_is_of(
    made: Path, keys: Keys, project: Project
) -> None:
    said = attested(made, keys)
    assert (said.version, said.serial, said.dataset) == ("1.0.0", 1, "standin")
    assert said.commit == project.git("rev-parse", "HEAD").strip()
    assert said.subjects == {k: v for k, v in present_files(made).items() if k != ATTESTATION}


def test_nothing_but_the_attestation_names_the_commit(made: Path, project: Project) -> None:
    commit = project.git("rev-parse", "HEAD").strip().encode()
    named = [name for name in present_files(made) if commit in (made / name).read_bytes()]
    assert named == []  # in the attestation it is packed in base64


def test_the_index_and_dvc_have_it(made: Path) -> None:
    row = tables.read(made.parent / "index.csv", "releases").iloc[0]
    assert (row["version"], row["serial"]) == ("1.0.0", 1)
    assert row["attestation_sha256"] == present_files(made)[ATTESTATION]
    assert yaml.safe_load((made.parent / "1.0.0.dvc").read_text())["outs"][0]["path"] == "1.0.0"


def test_the_card_says_plainly_what_it_is(made: Path) -> None:
    text = (made / "README.md").read_text(encoding="utf-8")
    _, front, body = text.split("---\n", 2)
    matter = yaml.safe_load(front)
    assert matter["license"] == "other"
    for config in matter["configs"]:
        assert all((made / file["path"]).is_file() for file in config["data_files"])
    assert body.strip().splitlines()[2].startswith("**These are drawings, not photographs.**")
    counts = json.loads((made / "tables/inventory/findings.json").read_text())["counts"]
    assert f"{counts['prefix-grade-mismatch']} file names suggest another grade" in text
    for heading in ("Known defects", "Sensitive data", "Synthetic content", "Terms of each source"):
        assert f"\n## {heading}" in text
    assert "acne04 verify" in text
    assert "Persons are inferred" in text
    assert "57 photographs" in text


def test_the_citation_follows_its_schema(made: Path) -> None:
    schema = json.loads((STANDARDS / "citation-file-format-1.2.0.schema.json").read_text())
    document = yaml.safe_load((made / "CITATION.cff").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(document)
    assert document["type"] == "dataset"
    assert "stand-in" in document["title"]
    assert len(document["references"]) == 4


def test_the_same_commit_gives_the_same_bytes(
    made: Path, untouched: Project, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("TZ", "Asia/Tokyo"), ("PYTHONHASHSEED", "7"), ("LC_ALL", "C")):
        monkeypatch.setenv(name, value)
    os.utime(untouched.path / "data/splits/holdout.csv")
    assert released.release(untouched, keys, "1.0.0") == 0
    assert present_files(untouched.path / FIRST) == present_files(made)


def test_the_closing_words_hold(
    untouched: Project, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    commit = untouched.git("rev-parse", "HEAD").strip()
    assert released.release(untouched, keys, "1.0.0") == 0
    said = capsys.readouterr().err
    assert f"The release is of commit {commit}; the commit that records it comes after." in said
    commands = [line.strip() for line in said.splitlines() if line.startswith("  ")]
    assert [command.split(" --")[0] for command in commands] == [
        "git add releases/index.csv releases/1.0.0.dvc releases/.gitignore",
        "git commit",
        "dvc push",
        "git tag",
        "git push origin HEAD v1.0.0",
    ]
    for command in commands[:3]:
        done = untouched.command("bash", "-c", command)
        assert done.returncode == 0, done.stderr
    assert untouched.git("status", "--porcelain") == ""
    clone = untouched.clone(untouched.path.parent / "clone")
    assert clone.dvc("pull", "releases/1.0.0.dvc").returncode == 0
    assert present_files(clone.path / FIRST) == present_files(untouched.path / FIRST)


def test_a_dry_run_keeps_nothing(
    untouched: Project, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    assert released.release(untouched, keys, "1.0.0", "--dry-run") == 0
    assert "nothing written" in capsys.readouterr().err
    assert untouched.git("status", "--porcelain") == ""
    assert not (untouched.path / "releases").exists()


def test_elsewhere_than_in_the_checkout(
    untouched: Project, keys: Keys, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert released.release(untouched, keys, "1.0.0", "--output", str(tmp_path / "out")) == 0
    assert (tmp_path / "out" / ATTESTATION).is_file()
    assert "DVC does not have it" in capsys.readouterr().err


def test_serials_rise(untouched: Project, keys: Keys, capsys: pytest.CaptureFixture[str]) -> None:
    assert released.release(untouched, keys, "1.0.0", "--serial", "5") == 0
    released.record(untouched, "1.0.0")
    assert released.release(untouched, keys, "1.1.0", "--serial", "5") == 2
    assert "the serial must rise" in capsys.readouterr().err
    assert released.release(untouched, keys, "1.0.0", "--output", "releases/again") == 2
    assert "1.0.0 has been released, with serial 5" in capsys.readouterr().err
    assert released.release(untouched, keys, "1.1.0") == 0
    assert attested(untouched.path / "releases/1.1.0", keys).serial == 6


def test_a_signed_tag(untouched: Project, keys: Keys, tmp_path: Path) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "tag")], check=True
    )
    public = (tmp_path / "tag.pub").read_text()
    (tmp_path / "signers").write_text(f"test@example.org {public}")
    for name, value in (
        ("gpg.format", "ssh"),
        ("user.signingkey", str(tmp_path / "tag")),
        ("gpg.ssh.allowedSignersFile", str(tmp_path / "signers")),
    ):
        untouched.git("config", name, value)
    try:
        assert released.release(untouched, keys, "1.0.0", "--tag") == 0
        untouched.git("tag", "--verify", "v1.0.0")
        said = untouched.git("tag", "--list", "--format=%(contents)", "v1.0.0")
        assert present_files(untouched.path / FIRST)[ATTESTATION] in said
        tagged = untouched.git("rev-parse", "v1.0.0^{commit}").strip()
        assert tagged == attested(untouched.path / FIRST, keys).commit
    finally:
        untouched.git("tag", "--delete", "v1.0.0")
        for name in ("gpg.format", "user.signingkey", "gpg.ssh.allowedSignersFile"):
            untouched.git("config", "--unset", name)


def test_a_tag_that_cannot_be_signed_leaves_nothing(
    untouched: Project, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    untouched.git("config", "gpg.format", "ssh")
    try:
        assert released.release(untouched, keys, "1.0.0", "--tag") == 2
    finally:
        untouched.git("config", "--unset", "gpg.format")
    assert "git tag" in capsys.readouterr().err
    assert not (untouched.path / "releases").exists() or not list(
        (untouched.path / "releases").iterdir()
    )


# --- what is refused


def _refusal(project: Project, keys: Keys, capsys: pytest.CaptureFixture[str]) -> str:
    assert released.release(project, keys, "1.0.0", "--dry-run") == 1
    said = capsys.readouterr().err
    assert "not the run of one commit" in said
    return said


def test_a_dirty_tree(untouched: Project, keys: Keys, capsys: pytest.CaptureFixture[str]) -> None:
    untouched.append("README.md", "one more line\n")
    untouched.append("notes.txt", "mine\n")
    untouched.append("Makefile", "# more\n")
    untouched.git("update-index", "--assume-unchanged", "Makefile")
    (untouched.path / "LICENSE").unlink()
    try:
        said = _refusal(untouched, keys, capsys)
    finally:
        untouched.git("update-index", "--no-assume-unchanged", "Makefile")
        (untouched.path / "notes.txt").unlink()
    assert "README.md: altered" in said
    assert "notes.txt: not in git" in said
    assert "LICENSE: deleted" in said
    assert "Makefile: altered" in said


def test_artifacts_that_no_record_knows(
    untouched: Project, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    table = untouched.path / "data/splits/holdout.csv"
    image = next((untouched.path / "data/raw/classification").rglob("*.jpg"))
    was, image_was = table.read_bytes(), image.read_bytes()
    table.write_bytes(was.replace(b",train,", b",test,", 1))
    image.write_bytes(image_was[:-1])
    try:
        said = _refusal(untouched, keys, capsys)
    finally:
        table.write_bytes(was)
        image.write_bytes(image_was)
    assert "data/splits/holdout.csv: dvc.lock has md5" in said
    assert "data/raw/classification: dvc.lock has md5" in said
    assert "data/splits/holdout.csv: the ledger has sha256" in said


def test_code_and_parameters_that_have_not_run(
    untouched: Project, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    untouched.append("workflow/acne04/split/totals.py", "# one more line\n")
    untouched.set_parameter("target", 300)
    untouched.git("commit", "--quiet", "--all", "--message", "amended after the run")
    said = _refusal(untouched, keys, capsys)
    assert "workflow/acne04/split/totals.py: the ledger has sha256" in said
    assert "params.yaml: the ledger has split" in said


def test_a_stage_that_has_not_run(
    untouched: Project, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = yaml.safe_load(untouched.read("dvc.lock"))
    del lock["stages"]["near"]
    (untouched.path / "dvc.lock").write_text(yaml.safe_dump(lock))
    untouched.git("commit", "--quiet", "--all", "--message", "less")
    assert "no entry for stage near" in _refusal(untouched, keys, capsys)


def test_a_folder_that_is_there(
    untouched: Project, keys: Keys, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept").write_text("mine")
    assert released.release(untouched, keys, "1.0.0", "--output", str(tmp_path)) == 2
    assert "never written over" in capsys.readouterr().err
    assert (tmp_path / "kept").read_text() == "mine"


def test_a_key_inside_the_checkout(
    untouched: Project, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = untouched.path / "upstream" / "key.pem"
    inside.parent.mkdir(exist_ok=True)
    shutil.copy(keys.private, inside)
    try:
        assert released.release(untouched, Keys(inside, keys.public), "1.0.0") == 2
    finally:
        inside.unlink()
    assert "the key lies inside the checkout" in capsys.readouterr().err


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o606])
def test_a_key_that_others_can_read_or_write_is_refused(
    mode: int, untouched: Project, keys: Keys, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "my key.pem"
    shutil.copy(keys.private, key)
    key.chmod(mode)
    pair = Keys(key, keys.public)
    assert released.release(untouched, pair, "1.0.0", "--dry-run") == 2
    said = capsys.readouterr().err
    assert f"mode {mode:o}" in said
    (mending,) = re.findall(r"`(chmod .*?)`", said)
    subprocess.run(["bash", "-c", mending], check=True)
    assert released.release(untouched, pair, "1.0.0", "--dry-run") == 0


@pytest.mark.parametrize(
    "place",
    ["data/x", "data/splits/1.0.0", ".git/x", "upstreams/standin/x", "upstream/x", ".dvc/x"],
)
def test_a_release_into_a_folder_of_somebody_else(
    place: str, untouched: Project, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    assert released.release(untouched, keys, "1.0.0", "--output", place) == 2
    said = capsys.readouterr().err
    assert f"inside {place.partition('/')[0]}" in said
    assert "leave --output away" in said
    assert not (untouched.path / place).exists()


def test_a_release_into_the_artifacts_by_way_of_a_link(
    untouched: Project, keys: Keys, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elsewhere").symlink_to(untouched.path / "data")
    place = str(tmp_path / "elsewhere" / "x")
    assert released.release(untouched, keys, "1.0.0", "--output", place) == 2
    assert "inside data" in capsys.readouterr().err


def test_outside_a_checkout(tmp_path: Path, keys: Keys, capsys: pytest.CaptureFixture[str]) -> None:
    assert released.release(Project(tmp_path), keys, "1.0.0") == 2
    assert "not a git repository" in capsys.readouterr().err


# --- versions and serials


def _history(*said: tuple[str, str, int | None]) -> ReleaseHistory:
    return ReleaseHistory(tuple(Mention(*each) for each in said))


@pytest.mark.parametrize(
    ("released_as", "version"),
    [("1.0", "1.0.0"), ("1.0.0", "1.0"), ("2.0.0rc1", "2.0.0-rc.1"), ("2.0-beta", "2.0.0b0"),
     ("1.2.3", "1.2.3")],
)  # fmt: skip
def test_one_version_is_released_once_however_it_is_spelt(released_as: str, version: str) -> None:
    with pytest.raises(UsageError, match=f"{re.escape(version)} has been released"):
        next_serial(_history((str(INDEX), released_as, 1)), version, None)


@pytest.mark.parametrize("version", ["1.0.1", "1.0.0rc1", "1.1", "10.0"])
def test_other_versions_may_follow(version: str) -> None:
    assert next_serial(_history((str(INDEX), "1.0", 1)), version, None) == 2


def test_what_comes_before_another_version_is_told() -> None:
    history = _history((str(INDEX), "1.0.0", 1), (str(INDEX), "1.10.0", 2))
    assert list(remarks(history, "1.9.0")) == [
        "note: 1.9.0 comes before 1.10.0, which has been released"
    ]
    assert list(remarks(history, "1.10.0rc1"))
    assert not list(remarks(history, "1.10.1rc1"))


@pytest.mark.parametrize(
    ("said", "serial"),
    [
        ([("index", "1.0", 1), ("tag v1.1", "1.1", 7)], 8),
        # Each had a serial, which no witness tells any more.
        ([("tag v1.0", "1.0", None), ("tag v1.1", "1.1", None)], 3),
        ([("tag v1.0", "1.0", None), ("x.dvc", "1.0.0", None)], 2),
        ([("index", "1.0", 5), ("tag v1.0", "1.0", 9)], 10),
        ([], 1),
    ],
)
def test_the_greatest_serial_of_any_witness_counts(
    said: list[tuple[str, str, int | None]], serial: int
) -> None:
    assert next_serial(_history(*said), "3.0", None) == serial
    if serial > 1:
        with pytest.raises(UsageError, match="the serial must rise"):
            next_serial(_history(*said), "3.0", serial - 1)


@pytest.fixture
def published_once(untouched: Project, keys: Keys) -> Iterator[Project]:
    """The checkout with one release, of serial 5, recorded and tagged."""
    at = untouched.git("rev-parse", "HEAD").strip()
    assert released.release(untouched, keys, "1.0.0", "--serial", "5") == 0
    released.record(untouched, "1.0.0")
    untouched.git("tag", "--annotate", "--message", "Release 1.0.0, serial 5", "v1.0.0", at)
    yield untouched
    untouched.git("tag", "--delete", "v1.0.0")


def _without_table(project: Project) -> None:
    project.git("rm", "--quiet", "releases/index.csv")


def _without_records(project: Project) -> None:
    project.git("rm", "--quiet", "-r", "releases")
    shutil.rmtree(project.path / "releases", ignore_errors=True)


def _without_history(project: Project) -> None:
    """The commit that recorded it is gone; the tag, whose message says the serial, is left."""
    project.git("reset", "--quiet", "--hard", "HEAD~1")
    shutil.rmtree(project.path / "releases", ignore_errors=True)
    project.append("README.md", "More.\n")


def _only_the_folder(project: Project) -> None:
    """No table, no tag of a serial, no .dvc: only the folder with its attestation."""
    project.git("rm", "--quiet", "releases/index.csv", "releases/1.0.0.dvc")


def _row_lost_in_a_merge(project: Project) -> None:
    path = project.path / "releases/index.csv"
    path.write_text(path.read_text().splitlines(keepends=True)[0])


@pytest.mark.parametrize(
    "lose",
    [_without_table, _without_records, _without_history, _only_the_folder, _row_lost_in_a_merge],
)
def test_no_version_and_no_serial_is_given_twice(
    lose: Callable[[Project], None],
    published_once: Project,
    keys: Keys,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lose(published_once)
    published_once.git("add", "--all")
    published_once.git("commit", "--quiet", "--message", "something is lost")
    with released.inside(published_once.path):
        history = collect()
    assert history.greatest_serial == 5
    for version in ("1.0.0", "1.0"):
        elsewhere = ("--output", str(tmp_path / version))
        assert released.release(published_once, keys, version, *elsewhere) == 2
        assert "has been released" in capsys.readouterr().err
    assert next_serial(history, "1.1.0", None) == 6
    (told,) = remarks(history, "1.1.0")
    assert "expected a row of version 1.0.0" in told
    assert "serial 5" in told


def test_a_tag_on_the_commit_at_hand_may_await_its_release(untouched: Project) -> None:
    untouched.git("tag", "v3.0.0")
    with released.inside(untouched.path):
        waiting = collect()
    untouched.git("commit", "--quiet", "--allow-empty", "--message", "one more")
    with released.inside(untouched.path):
        passed = collect()
    untouched.git("tag", "--delete", "v3.0.0")
    assert waiting.of("3.0.0") == []
    assert [said.witness for said in passed.of("3.0")] == ["tag v3.0.0"]


@pytest.mark.parametrize(
    "version",
    ["", "1", "v1.0.0", "01.0", "1.0.0.0", "1.0/..", "../1.0", "1.0 ", "1.0.0\n", "1.٢", "1.0+x",
     "1.0.0+x",
     "1.0.0-SNAPSHOT", "9999999.0"],
)  # fmt: skip
def test_what_is_no_version(version: str) -> None:
    with pytest.raises(UsageError, match="not a version"):
        check_version(version)
