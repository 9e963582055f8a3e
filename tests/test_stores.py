"""Stores as labs have them, by their real servers: there and back, and faults with their words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from project import CLEAN, Project
from store_servers import FULL, KINDS, READ_ONLY, SERVERS, Store, free_port

pytestmark = [pytest.mark.workflow, pytest.mark.server]
PULL = ("python", "-m", "snakemake_dvc", "--pull", ".")
PUSH = ("python", "-m", "snakemake_dvc", "--push")
TABLE, MANIFEST, PHOTOGRAPHS = "data/groups/groups.csv", "data/splits/kfold.csv", "data/raw/v2"


@pytest.fixture(scope="module")
def stores(
    finished: Project, servers: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Store]]:
    """A store of each kind, and in each all that the finished project has recorded."""
    place = tmp_path_factory.mktemp("stores")
    with ExitStack() as stack:
        started = {
            kind: stack.enter_context(SERVERS[kind](place / kind, servers)) for kind in KINDS
        }
        for kind, store in started.items():
            project = publisher(finished, place / f"publisher-{kind}")
            store.use(project)
            done = project.dvc("push")
            assert done.returncode == 0, done.stderr
        yield started


def publisher(finished: Project, place: Path) -> Project:
    """A clone with the cache of the finished project, from which nothing may go."""
    project = finished.clone(place)
    (place / ".dvc/cache").symlink_to(finished.path / ".dvc/cache")
    return project


@pytest.fixture
def reader(bare_clone: Project, tmp_path: Path) -> Project:
    """A fresh clone, of somebody with no credentials of their own."""
    bare_clone.environment = {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    return bare_clone


def md5_of(project: Project, path: str) -> str:
    stages = yaml.safe_load(project.read("dvc.lock"))["stages"].values()
    (found,) = (out["md5"] for stage in stages for out in stage["outs"] if out["path"] == path)
    return str(found)


def flip(place: Path) -> bytes:
    """Flip a byte; gives the right ones."""
    right = place.read_bytes()
    place.chmod(0o644)
    place.write_bytes(bytes([right[0] ^ 1]) + right[1:])
    return right


def refused(project: Project, *words: str) -> str:
    """Call what must fail; gives all that it said, in one line."""
    done = project.command(*words)
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 2, said
    assert "Traceback" not in said
    assert not re.search("sesame-open|pa55word", said)
    return said


@pytest.mark.parametrize("kind", KINDS)
def test_there_and_back(kind: str, stores: dict[str, Store], reader: Project) -> None:
    stores[kind].use(reader)
    done = reader.dvc("pull")
    assert done.returncode == 0, done.stderr
    again = reader.snakemake()
    assert "Nothing to be done" in again.stdout + again.stderr
    assert not (reader.path / "upstream").exists()
    assert reader.dvc_status() == CLEAN
    assert reader.git("status", "--porcelain") == ""


@pytest.mark.parametrize("kind", KINDS)
def test_a_flipped_byte_and_a_lost_object(
    kind: str, stores: dict[str, Store], reader: Project, finished: Project, tmp_path: Path
) -> None:
    """Told by name, refused by a run, and mended by what the message says to type."""
    store = stores[kind]
    altered, lost = (store.object(md5_of(reader, path)) for path in (MANIFEST, TABLE))
    rights = {altered: flip(altered), lost: lost.read_bytes()}
    lost.unlink()
    store.use(reader)
    said = refused(reader, *PULL)
    assert f"damaged there, not the bytes that are recorded: {MANIFEST}" in said
    assert f"it lacks {TABLE}" in said
    assert altered.exists(), "a plain pull would have removed it from a folder"
    assert "damaged there" in refused(reader, "snakemake", "--cores", "2")
    assert not (reader.path / MANIFEST).exists()
    mended = re.findall(r"`(python -m snakemake_dvc --push [^`]+)`", said)[0]
    owner = publisher(finished, tmp_path / "owner")
    store.use(owner)
    done = owner.command(*mended.split())
    assert done.returncode == 0, done.stderr
    assert {place: place.read_bytes() for place in rights} == rights
    assert reader.command(*PULL).returncode == 0
    assert reader.dvc_status() == CLEAN


@pytest.mark.parametrize("kind", ["folder", "ssh"])
def test_a_lost_file_of_a_folder_is_pushed_again(
    kind: str, stores: dict[str, Store], finished: Project, tmp_path: Path
) -> None:
    """DVC remembers to have sent the folder, and says that everything is up to date."""
    owner = publisher(finished, tmp_path / "owner")
    stores[kind].use(owner)
    assert owner.dvc("push").returncode == 0
    (image,) = (finished.path / PHOTOGRAPHS).glob("*.json")
    from acne04.core.dvc import file_md5

    lost = stores[kind].object(file_md5(image))
    lost.unlink()
    assert "Everything is up to date" in owner.dvc("push").stdout
    assert not lost.exists()
    assert owner.command(*PUSH).returncode == 0
    assert lost.read_bytes() == image.read_bytes()


WRONG: dict[str, list[tuple[dict[str, str], str, str]]] = {
    "ssh": [
        ({"keyfile": "STRANGER"}, "it does not let this user in", "`ssh HOST`"),
        ({"keyfile": "/no/key"}, "its keyfile is not here: /no/key", "keyfile FILE"),
    ],
    "s3": [
        ({"secret_access_key": "wrong"}, "it does not take these credentials", "--local store"),
        ({"url": "s3://no-bucket/store"}, "there is no such bucket", "remote modify store url"),
    ],
    "webdav": [
        ({"password": "wrong"}, "it does not let this user in", "--local store user NAME"),
        ({"url": "webdav://127.0.0.1:PORT/nowhere"}, "it lacks data", "snakemake_dvc --push"),
    ],
    "folder": [({"url": "/no/such/disk"}, "no such folder", "mount the disk")],
}


@pytest.mark.parametrize("kind", WRONG)
def test_credentials_and_addresses_that_are_wrong(
    kind: str, stores: dict[str, Store], reader: Project
) -> None:
    store = stores[kind]
    for others, said, remedy in WRONG[kind]:
        stranger = str(store.place.with_name("ssh-server") / "stranger")
        port = store.public["url"].rpartition(":")[2].partition("/")[0]
        given = {
            name: value.replace("STRANGER", stranger).replace("PORT", port)
            for name, value in others.items()
        }
        store.use(reader, **given)
        told = refused(reader, *PULL)
        assert said in told
        assert remedy in told


@pytest.mark.parametrize("kind", ["s3", "webdav"])
def test_no_credentials(kind: str, stores: dict[str, Store], reader: Project) -> None:
    Store(kind, stores[kind].place, stores[kind].public).use(reader)
    said = "it wants credentials, and none are set" if kind == "s3" else "does not let this user in"
    assert said in refused(reader, *PULL)
    run = refused(reader, "snakemake", "--cores", "2")
    assert said in run
    assert "what is recorded is not made again unasked" in run
    assert not (reader.path / "upstream").exists()


@pytest.mark.parametrize("kind", KINDS[1:])
def test_nobody_answers(kind: str, stores: dict[str, Store], reader: Project) -> None:
    old = re.search(r"127\.0\.0\.1:\d+", "".join(stores[kind].public.values()))
    assert old
    new = f"127.0.0.1:{free_port()}"
    moved = {name: value.replace(old[0], new) for name, value in stores[kind].public.items()}
    Store(kind, stores[kind].place, moved, stores[kind].secret).use(reader)
    for words in (PULL, PUSH):
        said = refused(reader, *words)
        assert "nobody answers" in said
        assert "look whether the server runs" in said


# Not S3, read-only: rclone's imitation answers what clients try again for many minutes, where S3
# itself says AccessDenied.
@pytest.mark.parametrize(
    ("fault", "kind"),
    [("full", kind) for kind in KINDS] + [("read-only", k) for k in KINDS if k != "s3"],
)
def test_a_store_that_takes_nothing(
    kind: str, fault: str, servers: Path, finished: Project, tmp_path: Path
) -> None:
    """The servers get a limit on the size of a file, as an imitation of a disk that is full."""
    owner = publisher(finished, tmp_path / "owner")
    words = PUSH
    with ExitStack() as stack:
        if kind == "folder":
            store = stack.enter_context(SERVERS[kind](tmp_path / kind, servers))
            store.use(owner, **({"url": "/sys/acne04-store"} if fault == "read-only" else {}))
            if fault == "full":
                words = ("bash", "-c", f"ulimit -f 400; exec {' '.join(PUSH)}")
        else:
            given = {"prefix": FULL} if fault == "full" else {"mode": READ_ONLY[kind]}
            store = stack.enter_context(SERVERS[kind](tmp_path / kind, servers, **given))
            store.use(owner)
        said = refused(owner, *words)
    assert {"full": "it is full", "read-only": "it may not be"}[fault] in said
    assert "not everything is pushed; what arrived stays" in said
