"""Real servers of a DVC store on loopback: OpenSSH, S3 by rclone, WebDAV by WsgiDAV; and a folder.

Each has keys or passwords that are made for it, and keeps the objects as plain files.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from project import Project

KINDS = ("folder", "ssh", "s3", "webdav")
#: What a file may have in a server that is said to be full: less than the page of a run.
FULL = "trap '' XFSZ; ulimit -f 400; exec "
KEY, SECRET, USER, PASSWORD = "AKIDEXAMPLE", "sesame-open", "bob", "pa55word"


@dataclass(frozen=True)
class Store:
    """A store that can be used.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    place : pathlib.Path
        Folder in which it keeps its objects.
    public, secret : dict
        Settings of the remote that may be in git, and those that nobody else may know.
    """

    kind: str
    place: Path
    public: dict[str, str]
    secret: dict[str, str] = field(default_factory=dict)

    def object(self, md5: str) -> Path:
        """Where it keeps an object."""
        return self.place / "files" / "md5" / md5[:2] / md5[2:]

    def use(self, project: Project, **others: str) -> None:
        """Make it the store of a checkout; `others` are settings in place of its own."""
        settings = self.public | self.secret | others
        lines = ["['remote \"store\"']", *(f"    {name} = {v}" for name, v in settings.items())]
        # As `dvc remote modify --local` writes them, a second each.
        (project.path / ".dvc/config.local").write_text("\n".join([*lines, ""]))


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def serving(words: list[str], port: int, log: Path, prefix: str = "exec ") -> Iterator[None]:
    """Run a server until the block ends; it starts when its port answers."""
    environment = os.environ | {"HOME": str(log.parent), "XDG_CONFIG_HOME": str(log.parent)}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            ["bash", "-c", f'{prefix}"$@"', "serving", *words],
            env=environment,
            stdout=stream,
            stderr=stream,
        )
    try:
        until = time.monotonic() + 60
        while True:
            assert process.poll() is None, log.read_text()
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def folder(place: Path, _: Path) -> Iterator[Store]:
    place.mkdir()
    yield Store("folder", place, {"url": str(place)})


@contextmanager
def ssh(place: Path, _: Path, prefix: str = "exec ", mode: str = "") -> Iterator[Store]:
    """A server of OpenSSH with its own host key, that lets one key in."""
    home = place.with_name(f"{place.name}-server")
    for made in (home, place):
        made.mkdir()
    for name in ("host", "user", "stranger"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home / name], check=True
        )
    port = free_port()
    (home / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {home}/host\nPidFile none\n"
        f"AuthorizedKeysFile {home}/user.pub\nStrictModes no\nUsePAM no\nMaxSessions 64\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n"
        f"Subsystem sftp internal-sftp {mode}\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    words = [sshd(), "-D", "-e", "-f", str(home / "config")]
    url = f"ssh://{getpass.getuser()}@127.0.0.1:{port}{place}"
    with serving(words, port, home / "log", prefix):
        yield Store("ssh", place, {"url": url}, {"keyfile": str(home / "user")})


def sshd() -> str:
    return shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin") or ""


@contextmanager
def s3(place: Path, programs: Path, prefix: str = "exec ", mode: str = "") -> Iterator[Store]:
    """A server of S3 that knows one key; the bucket is there, as a bucket must be."""
    home = place.with_name(f"{place.name}-server")
    (home / "served" / "bucket").mkdir(parents=True)
    place.symlink_to(home / "served" / "bucket" / "store")
    port = free_port()
    words = [str(programs / "rclone"), "serve", "s3", str(home / "served"), *mode.split()]
    words += ["--addr", f"127.0.0.1:{port}", "--auth-key", f"{KEY},{SECRET}"]
    words += ["--vfs-cache-mode", "off", "--dir-cache-time", "1s"]
    with serving(words, port, home / "log", prefix):
        address = {"url": "s3://bucket/store", "endpointurl": f"http://127.0.0.1:{port}"}
        yield Store("s3", place, address, {"access_key_id": KEY, "secret_access_key": SECRET})


@contextmanager
def webdav(place: Path, programs: Path, prefix: str = "exec ", mode: str = "") -> Iterator[Store]:
    """A server of WebDAV that knows one user; DVC wants the folder to be there."""
    home = place.with_name(f"{place.name}-server")
    (home / "served" / "store").mkdir(parents=True)
    place.symlink_to(home / "served" / "store")
    port = free_port()
    settings = {
        "host": "127.0.0.1",
        "port": port,
        "server": "cheroot",
        "provider_mapping": {"/": {"root": str(home / "served"), "readonly": bool(mode)}},
        "http_authenticator": {
            "accept_basic": True,
            "accept_digest": False,
            "default_to_digest": False,
        },
        "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
    }
    (home / "config.yaml").write_text(yaml.safe_dump(settings))
    with serving(
        [str(programs / "wsgidav"), "-c", str(home / "config.yaml")], port, home / "log", prefix
    ):
        url = {"url": f"webdav://127.0.0.1:{port}/store"}
        yield Store("webdav", place, url, {"user": USER, "password": PASSWORD})


SERVERS = {"folder": folder, "ssh": ssh, "s3": s3, "webdav": webdav}
#: What makes a server one that writes nothing.
READ_ONLY = {"ssh": "-R", "webdav": "readonly"}
