"""A checkout of this project in a temporary folder, driven by its users' own commands."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from acne04.core.checkout import python_path

#: A line of the run about a stage, or of a dry run about a job.
_RULE = re.compile(r"^(?:done|rule) +(\w+)", re.MULTILINE)


@dataclass
class Project:
    """A checkout at `path`; `environment` is added to the commands' environment."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            words,
            cwd=self.path,
            env=self.own_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def own_environment(self) -> dict[str, str]:
        """Give the environment of a command in this checkout."""
        left_out = ("DVC_", "ACNE04_", "PYTHONDONTWRITEBYTECODE")
        return {
            # As on a user's machine, where the many processes of a run find the code compiled.
            **{k: v for k, v in os.environ.items() if not k.startswith(left_out)},
            # The checkout's own code, not that of the checkout the tests run from.
            "PYTHONPATH": python_path(self.path),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            **self.environment,
        }

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        process = self.start(*words)
        out, err = process.communicate()
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def snakemake(self, *words: str, cores: int = 2) -> subprocess.CompletedProcess[str]:
        """Run `snakemake --cores N`."""
        return self.command("snakemake", "--cores", str(cores), *words)

    def dvc(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a DVC command."""
        return self.command("dvc", *words)

    def git(self, *words: str) -> str:
        """Run a git command that must succeed, and give its output."""
        identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
        done = self.command("git", *identity, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def clone(self, place: Path) -> Project:
        """Make a `git clone` that uses the same DVC store."""
        place.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "clone", "--quiet", str(self.path), str(place)], check=True)
        store = (self.path.parent / "acne04-store").as_posix()
        clone = Project(place)
        assert clone.dvc("remote", "modify", "--local", "store", "url", store).returncode == 0
        return clone

    def set_parameter(self, name: str, value: object) -> None:
        """Change one line of params.yaml, keeping its comment."""
        file = self.path / "params.yaml"
        text, count = re.subn(
            rf"^(\s*{name}: )(\[.*?\]|\S+)", rf"\g<1>{value}", file.read_text(), flags=re.MULTILINE
        )
        assert count == 1, name
        file.write_text(text)

    def append(self, name: str, text: str) -> None:
        """Append to a file, as an editor would."""
        with (self.path / name).open("a") as stream:
            stream.write(text)

    def read(self, name: str) -> str:
        """Read a file of the checkout."""
        return (self.path / name).read_text(encoding="utf-8")

    def dvc_status(self) -> str:
        """Give what `dvc status` says, one line for a clean checkout."""
        return self.dvc("status").stdout.strip()


def flag_of(form: str) -> str:
    """Give the option that names the file of a report: JSON is the answer itself."""
    return "--output" if form == "json" else f"--{form}"


CLEAN = "Data and pipelines are up to date."


def rules_run(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Names of the rules that a run of Snakemake executed, sorted, without the bookkeeping ones."""
    assert done.returncode == 0, done.stdout + done.stderr
    names = set(_RULE.findall(done.stdout + done.stderr))
    return sorted(names - {"all", "restore"})


def copy_of_tree(root: Path, place: Path) -> Project:
    """Copy what git would hold of a working tree, and make it a repository with one commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for name in filter(None, listed):
        if (root / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, place / name)
    project = Project(place)
    project.git("init", "--quiet", "--initial-branch=main")
    project.git("add", "--all")
    project.git("commit", "--quiet", "--message", "the project as it is")
    return project


def kill_group(process: subprocess.Popen[str]) -> None:
    """Kill -9 a command and every process it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
