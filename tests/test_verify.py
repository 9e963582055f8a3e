"""`acne04 verify`: an untouched release passes; each fault is caught by the check that names it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import released
from faulting import replace as replace_text
from faults_invariants import TABLE_FAULTS, TableFault
from project import Project
from released import Keys, attested, make_keys, sign_again, sum_again

from acne04.cli import main
from acne04.core import documents
from acne04.core.checkout import python_path
from acne04.invariants.registry import CHECKS as OF_TABLES
from acne04.provenance.checksums import ATTESTATION, SUMS
from acne04.standards.release_files import places
from acne04.verify.registry import CHECKS

pytestmark = pytest.mark.workflow
ROOT = Path(__file__).parents[1]
EXAMPLES = Path(__file__).parent / "examples" / "verify"
Document = dict[str, Any]


@dataclass(frozen=True)
class Published:
    """Two releases of one checkout, its images, the publisher's keys and somebody else's."""

    first: Path
    second: Path
    images: Path
    keys: Keys
    others: Keys


@pytest.fixture(scope="module")
def published(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Published:
    folder = tmp_path_factory.mktemp("published")
    project = released.checkout(finished, folder)
    keys = make_keys(folder / "keys")
    assert released.release(project, keys, "1.0.0") == 0
    released.record(project, "1.0.0")
    assert released.release(project, keys, "1.1.0") == 0
    releases = project.path / "releases"
    others = make_keys(folder / "others", "p256")
    first, second = releases / "1.0.0", releases / "1.1.0"
    return Published(first, second, project.path / "data/raw", keys, others)


@pytest.fixture
def copy(published: Published, tmp_path: Path) -> Path:
    """The second release, to do harm to."""
    shutil.copytree(published.second, tmp_path / "release")
    return tmp_path / "release"


def verify(folder: Path, published: Published, *words: str) -> tuple[int, Document]:
    """Verify against the second release's serial and commit, and give exit code and document."""
    report = folder.parent / "report.json"
    said = attested(published.second, published.keys)
    known = ("--expect-serial", str(said.serial), "--expect-commit", said.commit)
    known += ("--expect-version", said.version)
    key = ("--trusted-key", str(published.keys.public))
    code = main(["verify", str(folder), *key, *known, "--output", str(report), *words])
    return code, documents.read(report, "audit.schema.json")


def status(document: Document, status: str) -> set[str]:
    return {check["id"] for check in document["checks"] if check["status"] == status}


def problems(document: Document, check: str) -> list[Document]:
    (found,) = (c for c in document["checks"] if c["id"] == check)
    return list(found["problems"])


def test_an_untouched_release_passes_whole(published: Published, tmp_path: Path) -> None:
    shutil.copytree(published.second, tmp_path / "release")
    code, document = verify(tmp_path / "release", published, "--images", str(published.images))
    assert code == 0
    assert status(document, "passed") == {check.id for check in CHECKS}
    assert document["dataset"] == "standin"


def test_what_is_not_asked_is_not_passed(
    published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    key = str(published.keys.public)
    assert main(["verify", str(published.second), "--trusted-key", key]) == 0
    said = capsys.readouterr().out
    assert "not run    serial: not asked for: no --expect-serial: it is 2" in said
    assert "not run    commit" in said
    assert "no --expect-version: it is 1.1.0" in said
    assert "not run    images" in said


# --- faults that whoever can write to the release can put into it


def _byte(folder: Path, _: Published) -> None:
    table = folder / "tables/annotations/lesions.csv"
    table.write_bytes(table.read_bytes().replace(b",false,", b",true,", 1))


def _row(folder: Path, _: Published) -> None:
    table = folder / "manifests/holdout.csv"
    lines = table.read_bytes().splitlines(keepends=True)
    table.write_bytes(b"".join(lines[:5] + lines[6:]))
    sum_again(folder)


def _everything_agrees(folder: Path, published: Published) -> None:
    """All that can be made to agree without the key is."""
    name = "tables/groups/review.csv"
    old = released.present_files(folder)[name]
    replace_text(folder / name, "Which grade is right?", "Which grade is better?")
    new = released.present_files(folder)[name]
    for name in ("ledger.json", "croissant.json", "ro-crate-metadata.json"):
        was = released.present_files(folder)[name]
        text = (folder / name).read_text().replace(old, new)
        (folder / name).write_text(text)
        became = released.present_files(folder)[name]
        for other in ("croissant.json", "ro-crate-metadata.json"):
            (folder / other).write_text((folder / other).read_text().replace(was, became))
    sum_again(folder)
    sign_again(folder, published.keys, published.others)


def _extra(folder: Path, _: Published) -> None:
    (folder / "notes.txt").write_text("mine\n")


def _extra_link(folder: Path, _: Published) -> None:
    (folder / "more").symlink_to(folder.parent, target_is_directory=True)


def _extra_pipe(folder: Path, _: Published) -> None:
    os.mkfifo(folder / "pipe")


def _missing(folder: Path, _: Published) -> None:
    (folder / "tables/near/verdicts.csv").unlink()


def _other_key(folder: Path, published: Published) -> None:
    sign_again(folder, published.keys, published.others)


def _payload(folder: Path, _: Published) -> None:
    document = json.loads((folder / ATTESTATION).read_text())
    payload = json.loads(base64.b64decode(document["payload"]))
    payload["predicate"]["buildDefinition"]["externalParameters"]["release_serial"] = "3"
    document["payload"] = base64.b64encode(json.dumps(payload).encode()).decode()
    (folder / ATTESTATION).write_text(json.dumps(document))


def _attestation_gone(folder: Path, _: Published) -> None:
    (folder / ATTESTATION).unlink()


def _replayed(folder: Path, published: Published) -> None:
    shutil.rmtree(folder)
    shutil.copytree(published.first, folder)


def _amended(folder: Path, published: Published) -> None:
    sign_again(folder, published.keys, published.keys, commit="a" * 40)


def _version_reused(folder: Path, published: Published) -> None:
    sign_again(folder, published.keys, published.keys, version="1.0.0")


def _serial_reused(folder: Path, published: Published) -> None:
    sign_again(folder, published.keys, published.keys, serial=1)


def _image(folder: Path, published: Published) -> None:
    image = next((published.images / "classification").rglob("*.jpg"))
    shutil.copy(image, folder / "tables/near/verdicts.csv.bak")


FORGED: dict[str, tuple[Callable[[Path, Published], None], set[str]]] = {
    "byte": (
        _byte,
        {"subjects", "sums", "ledger-agrees", "croissant-agrees", "crate-agrees"}
        | {"columns-agree", "summaries-agree"},
    ),
    "row": (
        _row,
        {"subjects", "ledger-agrees", "croissant-agrees", "crate-agrees"}
        | {"manifests-whole", "quotas-agree", "cohort-agrees", "shortcuts-agree"},
    ),
    "everything made to agree": (_everything_agrees, {"signature"}),
    "extra file": (_extra, {"subjects", "sums", "croissant-agrees", "crate-agrees"}),
    "extra link": (_extra_link, {"subjects", "sums", "croissant-agrees", "crate-agrees"}),
    "extra pipe": (_extra_pipe, {"subjects", "sums", "croissant-agrees", "crate-agrees"}),
    "missing file": (_missing, {"subjects", "sums", "croissant-agrees", "crate-agrees"}),
    "other key": (_other_key, {"signature"}),
    "payload": (_payload, {"signature"}),
    "old release": (_replayed, {"version", "serial", "commit"}),
    "commit amended": (_amended, {"commit"}),
    "serial reused": (_serial_reused, {"serial"}),
    "version reused": (_version_reused, {"version"}),
    "image": (
        _image,
        {"subjects", "sums", "ledger-agrees", "croissant-agrees", "crate-agrees", "no-images"},
    ),
}


@pytest.mark.parametrize("fault", FORGED)
def test_a_forgery_is_caught_by_the_checks_that_name_it(
    fault: str, copy: Path, published: Published
) -> None:
    harm, caught = FORGED[fault]
    harm(copy, published)
    code, document = verify(copy, published)
    assert code == 1
    assert status(document, "failed") == caught


def test_nothing_is_said_of_a_release_without_attestation(copy: Path, published: Published) -> None:
    _attestation_gone(copy, published)
    code, document = verify(copy, published)
    assert code == 2
    assert status(document, "impossible") >= {"signature", "statement", "subjects", "serial"}


def test_what_an_untrusted_attestation_says_is_not_even_compared(
    copy: Path, published: Published
) -> None:
    _other_key(copy, published)
    _, document = verify(copy, published)
    assert status(document, "impossible") == {
        "statement",
        "subjects",
        "version",
        "serial",
        "commit",
    }
    assert document["dataset"] == "unknown"


def test_an_older_release_verifies_against_its_own_serial_alone(
    published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    key = ["--trusted-key", str(published.keys.public)]
    assert main(["verify", str(published.first), *key, "--expect-serial", "1"]) == 0
    assert main(["verify", str(published.first), *key, "--expect-serial", "2"]) == 1
    assert "expected: serial 2" in capsys.readouterr().out


def test_each_altered_file_is_named(copy: Path, published: Published) -> None:
    _byte(copy, published)
    _missing(copy, published)
    _extra(copy, published)
    _, document = verify(copy, published)
    assert [problem["file"] for problem in problems(document, "subjects")] == [
        "notes.txt",
        "tables/annotations/lesions.csv",
        "tables/near/verdicts.csv",
    ]


# --- faults of a publisher, truly signed


def _describe_again(folder: Path, before: dict[str, str]) -> None:
    """Let ledger, Croissant and crate say what the files now are."""
    for name in ("ledger.json", "croissant.json", "ro-crate-metadata.json"):
        for path, sha256 in released.present_files(folder).items():
            if path in before and before[path] != sha256:
                text = (folder / name).read_text().replace(before[path], sha256)
                (folder / name).write_text(text)


def _packed_image(folder: Path, published: Published) -> None:
    image = next((published.images / "classification").rglob("*.jpg"))
    text = base64.b64encode(image.read_bytes()).decode()
    with (folder / "README.md").open("a") as stream:
        stream.write(f"\n![](data:image/jpeg;base64,{text})\n")


def _no_terms(folder: Path, _: Published) -> None:
    for name in ("croissant.json", "README.md"):
        text = (folder / name).read_text()
        (folder / name).write_text(text.replace("v2: MIT", "v2: Public domain"))


def _croissant(folder: Path, _: Published) -> None:
    document = json.loads((folder / "croissant.json").read_text())
    listed = [d for d in document["distribution"] if d.get("contentUrl", "").startswith("man")]
    listed[0]["sha256"] = "0" * 64
    (folder / "croissant.json").write_text(json.dumps(document))


def _crate(folder: Path, _: Published) -> None:
    document = json.loads((folder / "ro-crate-metadata.json").read_text())
    document["@graph"] = [e for e in document["@graph"] if e["@id"] != "manifests/kfold.csv"]
    (folder / "ro-crate-metadata.json").write_text(json.dumps(document))


def _ledger(folder: Path, _: Published) -> None:
    document = json.loads((folder / "ledger.json").read_text())
    document["files"]["data/splits/kfold.csv"]["sha256"] = "0" * 64
    (folder / "ledger.json").write_text(json.dumps(document))


PUBLISHED: dict[str, tuple[Callable[[Path, Published], None], set[str]]] = {
    "an image in base64": (_packed_image, {"no-images"}),
    "terms of nobody": (_no_terms, {"licences"}),
    "croissant of other files": (_croissant, {"croissant-agrees"}),
    "crate of fewer files": (_crate, {"crate-agrees"}),
}


@pytest.mark.parametrize("fault", PUBLISHED)
def test_a_publishers_fault_is_caught_by_the_one_check_that_names_it(
    fault: str, copy: Path, published: Published
) -> None:
    harm, caught = PUBLISHED[fault]
    harm(copy, published)
    sum_again(copy)
    ledger = released.present_files(copy)["ledger.json"]
    sign_again(copy, published.keys, published.keys, ledger=ledger)
    code, document = verify(copy, published)
    assert code == 1
    assert status(document, "failed") == caught


@pytest.mark.parametrize("fault", TABLE_FAULTS, ids=lambda fault: fault.name)
def test_a_fault_of_the_tables_is_caught_by_the_check_that_names_it(
    fault: TableFault, copy: Path, published: Published
) -> None:
    before = released.present_files(copy)
    fault.harm(lambda artifact: copy / _place(artifact))
    _describe_again(copy, before)
    sum_again(copy)
    ledger = released.present_files(copy)["ledger.json"]
    sign_again(copy, published.keys, published.keys, ledger=ledger)
    code, document = verify(copy, published)
    assert code == 1
    failed = status(document, "failed")
    # Nothing but the tables themselves can tell: all that is recorded of them agrees.
    assert failed <= {check.id for check in OF_TABLES}
    assert fault.caught_by in failed
    assert _place(fault.at) in {found["file"] for found in problems(document, fault.caught_by)}
    if fault.alone:
        assert failed == {fault.caught_by}


def _place(artifact: str) -> str:
    """Where an artifact lies in a release."""
    return places(artifact)[0]


def test_a_ledger_of_other_artifacts(copy: Path, published: Published) -> None:
    before = released.present_files(copy)
    _ledger(copy, published)
    _describe_again(copy, before)
    sum_again(copy)
    sign_again(copy, published.keys, published.keys)
    _, document = verify(copy, published)
    assert status(document, "failed") == {"ledger-agrees"}
    files = [problem["file"] for problem in problems(document, "ledger-agrees")]
    assert files == ["manifests/kfold.csv", "ledger.json"]


def test_sums_that_do_not_agree(copy: Path, published: Published) -> None:
    lines = (copy / SUMS).read_text().splitlines(keepends=True)
    (copy / SUMS).write_text("".join(lines[1:]) + "no line of sums\n")
    sign_again(copy, published.keys, published.keys)
    _, document = verify(copy, published)
    assert status(document, "failed") == {"sums"}


def _sums_with(copy: Path, published: Published, change: Callable[[list[str]], None]) -> None:
    lines = (copy / SUMS).read_text().splitlines(keepends=True)
    change(lines)
    (copy / SUMS).write_text("".join(lines))
    sign_again(copy, published.keys, published.keys)


def _second_line(lines: list[str]) -> None:
    """The last one is right: `sha256sum --check` and a reader that keeps it see different files."""
    lines.insert(0, "0" * 64 + lines[0][64:])


ODD_SUMS: dict[str, tuple[Callable[[list[str]], None], int, str]] = {
    "two lines for one file": (_second_line, 2, "a second line for CITATION.cff"),
    "one line twice": (lambda lines: lines.insert(1, lines[0]), 2, "a second line for"),
    "a blank line": (lambda lines: lines.insert(2, "\n"), 3, "a blank line"),
    "a blank line at the end": (lambda lines: lines.append("\n"), 61, "a blank line"),
    "white space": (lambda lines: lines.insert(0, " \t \n"), 1, "a blank line"),
    "a name alone": (lambda lines: lines.insert(0, "README.md\n"), 1, "no SHA-256"),
    "one space": (lambda lines: lines.insert(0, "0" * 64 + " x\n"), 1, "no SHA-256"),
    "a sum of MD5": (lambda lines: lines.insert(0, "0" * 32 + "  x\n"), 1, "no SHA-256"),
}


@pytest.mark.parametrize("odd", ODD_SUMS)
def test_odd_lines_of_sums_are_named(odd: str, copy: Path, published: Published) -> None:
    change, line, said = ODD_SUMS[odd]
    _sums_with(copy, published, change)
    code, document = verify(copy, published)
    assert code == 1
    assert status(document, "failed") == {"sums"}
    told = [p for p in problems(document, "sums") if p["line"] is not None]
    assert [(p["file"], p["line"]) for p in told] == [(SUMS, line)]
    assert said in told[0]["found"]


@pytest.mark.parametrize("version", ["1.1", "1.1.0"])
def test_a_version_is_what_it_is_by_pep_440(version: str, published: Published) -> None:
    key = str(published.keys.public)
    words = ["verify", str(published.second), "--trusted-key", key, "--expect-version", version]
    assert main(words) == 0


@pytest.mark.parametrize("version", ["1.0.0", "1.1.1", "1.1.0rc1", "1.10", "9.9.9"])
def test_the_name_of_a_folder_is_no_version(
    version: str, published: Published, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / version
    shutil.copytree(published.second, folder)
    key = str(published.keys.public)
    words = ["verify", str(folder), "--trusted-key", key, "--expect-version", version]
    assert main(words) == 1
    assert f"expected: version {version}" in capsys.readouterr().out


@pytest.mark.parametrize("version", ["", "newest", "1.0.0\x1b[31m", "v1.1.0"])
def test_what_is_no_version_is_not_compared(
    version: str, published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    key = str(published.keys.public)
    words = ["verify", str(published.second), "--trusted-key", key, "--expect-version", version]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "not a version" in said
    assert "\x1b" not in said


# --- images


def test_an_image_that_is_another_and_one_that_is_not_there(
    copy: Path, published: Published, tmp_path: Path
) -> None:
    shutil.copytree(published.images, tmp_path / "images")
    first, second, *_ = sorted((tmp_path / "images/classification").rglob("*.jpg"))
    stat = first.stat()
    content = bytearray(first.read_bytes())
    content[-1] ^= 1
    first.write_bytes(content)
    os.utime(first, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    second.unlink()
    code, document = verify(copy, published, "--images", str(tmp_path / "images"))
    assert code == 1
    assert status(document, "failed") == {"images"}
    named = [problem["file"] for problem in problems(document, "images")]
    assert named == [str(p.relative_to(tmp_path / "images")) for p in (first, second)]


# --- how it is called


def test_without_a_key_it_refuses_and_says_how(
    published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(published.second)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "without a key that you trust nothing can be verified" in said.err
    assert "--trusted-key PUBLIC.pem" in said.err


def test_no_key_from_inside_the_release_is_trusted(
    copy: Path, published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(published.keys.public, copy / "key.pem")
    link = copy.parent / "link.pem"
    link.symlink_to(copy / "key.pem")
    for key in (copy / "key.pem", link):
        assert main(["verify", str(copy), "--trusted-key", str(key)]) == 2
        assert "a key from inside the release proves nothing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--expect-commit", "abc1234"), "not a commit in full"),
        (("--images", "/nowhere/at/all"), "no such folder"),
        (("--trusted-key", "/nowhere/at/all.pem"), "no such key"),
    ],
)
def test_wrong_calls(
    words: tuple[str, ...], said: str, published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    key = str(published.keys.public)
    assert main(["verify", str(published.second), "--trusted-key", key, *words]) == 2
    assert said in capsys.readouterr().err


def test_no_such_release(published: Published, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "/nowhere", "--trusted-key", str(published.keys.public)]) == 2
    assert "no such folder" in capsys.readouterr().err


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_a_hostile_attestation_fails_the_signature(
    example: Path, copy: Path, published: Published
) -> None:
    shutil.copy(example, copy / ATTESTATION)
    code, document = verify(copy, published)
    assert code == 1
    assert status(document, "failed") == {"signature"}


@pytest.mark.parametrize("name", [ATTESTATION, "manifests/holdout.csv", "croissant.json"])
def test_a_pipe_is_not_waited_for(name: str, copy: Path, published: Published) -> None:
    (copy / name).unlink()
    os.mkfifo(copy / name)
    assert verify(copy, published)[0] == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("croissant.json", b"[]"),
        ("croissant.json", b"[" * 100_000),
        ("ro-crate-metadata.json", b'{"@graph": {}}'),
        ("ledger.json", b'{"dataset": "standin"}'),
        ("ledger.json", b"[" * 100_000),
        ("SHA256SUMS", b"\xff"),
        ("manifests/holdout.csv", b"\xff"),
        ("tables/groups/groups.csv", b"dataset\n"),
        ("tables/inventory/images.csv", b""),
    ],
)
def test_a_hostile_file_is_no_traceback(
    name: str, content: bytes, copy: Path, published: Published
) -> None:
    (copy / name).write_bytes(content)
    code, document = verify(copy, published)
    assert code == 1
    assert "subjects" in status(document, "failed")
    named = [problem["file"] for check in document["checks"] for problem in check["problems"]]
    assert not any(place.startswith("/") for place in named)  # by its place in the release


def test_it_works_offline_and_outside_any_checkout(
    published: Published, copy: Path, tmp_path: Path
) -> None:
    script = (
        "import socket, sys\n"
        "def refuse(*_, **__): raise AssertionError('the network was asked')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from acne04.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    place = tmp_path / "elsewhere"
    place.mkdir()
    words = ["verify", str(copy), "--trusted-key", str(published.keys.public)]
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=place,
        env={**os.environ, "PYTHONPATH": python_path(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every required check passed" in done.stdout


def test_every_check_is_the_one_that_catches_some_fault() -> None:
    caught = {frozenset(caught) for _, caught in (*FORGED.values(), *PUBLISHED.values())}
    alone = {check for checks in caught if len(checks) == 1 for check in checks}
    alone |= {fault.caught_by for fault in TABLE_FAULTS if fault.alone}
    elsewhere = {"statement", "subjects", "sums", "ledger-agrees", "images"}
    assert alone | elsewhere == {check.id for check in CHECKS}


def test_a_signed_statement_of_something_else_is_refused(copy: Path, published: Published) -> None:
    said = attested(published.second, published.keys)
    from acne04.provenance.envelope import sign
    from acne04.provenance.keys import load_private
    from acne04.provenance.statement import to_bytes

    payload = to_bytes(replace(said, version="1.1.0")).replace(b"acne04-release/v1", b"other/v1")
    (copy / ATTESTATION).write_text(sign(payload, load_private(published.keys.private)))
    code, document = verify(copy, published)
    assert code == 1
    assert status(document, "failed") == {"statement"}


def test_the_page_names_every_check() -> None:
    page = (ROOT / "docs/releasing.md").read_text(encoding="utf-8")
    table = page.partition("| check | what it looks at |")[2].partition("\n\n")[0]
    named = {
        word.strip() for line in table.splitlines()[2:] for word in line.split("|")[1].split(",")
    }
    assert named == {check.id for check in CHECKS}
