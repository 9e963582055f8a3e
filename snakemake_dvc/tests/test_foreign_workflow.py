"""The contract between Snakemake and DVC (a to g of README.md) on a workflow of a stranger.

Three rules, two wildcards in one of them, outputs below ``results/``, several jobs a stage, no
folders, no namespace, no closing words.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from snakemake_dvc import dvc

WORDS = Path(__file__).parent / "words"
CLEAN = "Data and pipelines are up to date."
ALL = ["count", "draw", "summary"]
_RULE = re.compile(r"^\s*(?:local)?rule (\w+):", re.MULTILINE)


@dataclass
class Checkout:
    """A checkout of the foreign workflow, driven by its users' own commands."""

    path: Path

    def start(self, *words: str) -> subprocess.Popen[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DVC_", "SNAKEMAKE_DVC"))}
        return subprocess.Popen(
            words,
            cwd=self.path,
            env=kept | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, code: int | None = 0) -> str:
        process = self.start(*words)
        said, _ = process.communicate()
        assert code is None or process.returncode == code, said
        assert "Traceback" not in said, said
        return said

    def ran(self, *words: str) -> list[str]:
        """Run the workflow, and give the names of the rules that were executed."""
        said = self.run("snakemake", "--cores", "2", "--verbose", *words)
        return sorted(set(_RULE.findall(said)) - {"all"})

    def status(self) -> str:
        return self.run("dvc", "status").strip()

    def clone(self, place: Path) -> Checkout:
        subprocess.run(["git", "clone", "--quiet", str(self.path), str(place)], check=True)
        return Checkout(place)

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.path / name
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The workflow, run, committed and pushed to a store; not to be changed."""
    place = tmp_path_factory.mktemp("foreign") / "words"
    shutil.copytree(WORDS, place)
    checkout = Checkout(place)
    checkout.run("git", "init", "--quiet", "--initial-branch=main")
    checkout.run("dvc", "init", "--quiet")
    checkout.run("dvc", "remote", "add", "--quiet", "--default", "store", str(place.parent / "s"))
    checkout.run("dvc", "config", "core.autostage", "false")
    checkout.run(sys.executable, "-m", "snakemake_dvc")
    assert checkout.ran() == ALL
    _commit(checkout)
    checkout.run("dvc", "push")
    return checkout


@pytest.fixture
def clone(finished: Checkout, tmp_path: Path) -> Checkout:
    """A fresh clone with its data."""
    clone = finished.clone(tmp_path / "clone")
    clone.run("dvc", "pull")
    return clone


def _commit(checkout: Checkout) -> None:
    checkout.run("git", "add", "--all")
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    checkout.run("git", *identity, "commit", "--quiet", "--message", "a run")


def test_dvc_yaml_states_every_job_and_is_compared(clone: Checkout) -> None:
    text = (clone.path / "dvc.yaml").read_text()
    assert "code/draw\n" in text
    assert "results/words/${item.animal}/${item.size}.txt" in text
    assert (clone.path / "dvc.lock").read_text().count("cmd: snakemake") == 9
    assert clone.run(sys.executable, "-m", "snakemake_dvc", "--check").count("is not what") == 0
    clone.edit("Snakefile", '"20"]', '"20", "3"]')
    said = clone.run(sys.executable, "-m", "snakemake_dvc", "--check", code=1)
    assert "dvc.yaml is not what the rules say" in said


def test_metrics_and_plots_are_what_the_settings_say(clone: Checkout) -> None:
    plot = '{"words": {"x": "animal", "y": {"results/summary.txt": "count"}}}'
    settings = f'roots=("results",), metrics=("summary.txt",), plots=({plot},)'
    clone.edit("Snakefile", 'roots=("results",)', settings)
    clone.run(sys.executable, "-m", "snakemake_dvc")
    document = yaml.safe_load((clone.path / "dvc.yaml").read_text())
    assert document["plots"] == [{"words": {"x": "animal", "y": {"results/summary.txt": "count"}}}]
    assert document["stages"]["summary"]["metrics"] == [{"results/summary.txt": {"persist": True}}]
    assert "outs" not in document["stages"]["summary"]
    # The same files, in another list of the stage: nothing is to be made for that.
    assert clone.ran() == []
    assert clone.status() == CLEAN


def test_no_word_of_another_project_in_what_it_writes(clone: Checkout) -> None:
    for name in ("dvc.yaml", "dvc.lock", "snakemake.lock"):
        assert not re.search("acne|dataset|standin", (clone.path / name).read_text()), name


def test_a_clone_and_pull_leave_nothing_to_do(clone: Checkout) -> None:
    assert clone.ran() == []
    assert clone.status() == CLEAN
    assert clone.run("git", "status", "--porcelain") == ""


def test_b_a_changed_byte_stops_everything(clone: Checkout, finished: Checkout) -> None:
    victim = clone.path / "results/counts/dog_20.txt"
    victim.write_text("7\n")
    lock = (clone.path / "dvc.lock").read_text()
    for command in (("snakemake", "--cores", "2"), ("dvc", "repro")):
        said = " ".join(clone.run(*command, code=None).split())
        assert "results/counts/dog_20.txt: expected sha256" in said
        assert "`rm -r results/counts/dog_20.txt`, and run again" in said
    assert (clone.path / "dvc.lock").read_text() == lock
    clone.run("rm", "-r", "results/counts/dog_20.txt")
    assert clone.ran() == []
    assert victim.read_text() == (finished.path / "results/counts/dog_20.txt").read_text()


@pytest.mark.parametrize("link", ["copy", "hardlink"])
def test_b_bytes_that_rotted_unseen_come_back(
    finished: Checkout, tmp_path: Path, link: str
) -> None:
    """Size and times as they were, as a failing disk leaves them: DVC sees nothing."""
    clone = finished.clone(tmp_path / "clone")
    clone.run("dvc", "config", "--local", "cache.type", link)
    clone.run("dvc", "pull")
    victim = clone.path / "results/words/dog/20.txt"
    before = victim.stat()
    victim.chmod(0o644)
    with victim.open("r+b") as stream:
        stream.write(b"cat")
    os.utime(victim, ns=(before.st_atime_ns, before.st_mtime_ns))
    said = " ".join(clone.run("snakemake", "--cores", "2", code=1).split())
    for remedy in re.findall(r"`(rm [^`]+)`", said):
        clone.run(*remedy.split())
    clone.ran(*(["results/words/dog/20.txt"] if link == "hardlink" else []))
    assert victim.read_text() == (finished.path / "results/words/dog/20.txt").read_text()
    assert clone.ran() == []
    assert clone.status() == CLEAN


def test_c_an_edit_runs_what_depends_on_it(clone: Checkout) -> None:
    clone.edit("code/count/count.py", "print(len", "print(1 + len")
    status = clone.status()
    assert set(re.findall(r"modified: +(\S+)", status)) == {"code/count"}
    assert clone.ran() == ["count", "summary"]
    assert clone.status() == CLEAN
    assert clone.ran() == []


def test_c_a_parameter_in_either_tool(clone: Checkout) -> None:
    clone.edit("params.yaml", "least: 2", "least: 4")
    assert clone.status().count("params.yaml") == 1
    said = clone.run("dvc", "repro")
    assert "Running stage 'summary'" in said
    assert "Running stage 'count" not in said
    assert clone.status() == CLEAN
    assert clone.ran() == []


def test_c_times_and_leftovers_run_nothing(clone: Checkout) -> None:
    for name in clone.run("git", "ls-files").splitlines():
        os.utime(clone.path / name)
    cached = clone.path / "code/count/__pycache__/count.cpython-311.pyc"
    cached.parent.mkdir()
    cached.write_bytes(b"compiled")
    (clone.path / "code/count/count.py~").write_text("an editor's")
    assert clone.ran() == []
    assert clone.status() == CLEAN


def test_d_a_partial_pull_makes_nothing_else(finished: Checkout, tmp_path: Path) -> None:
    clone = finished.clone(tmp_path / "clone")
    clone.run("dvc", "pull", "summary")
    assert clone.ran() == []
    assert not (clone.path / "results/words").exists()


def test_e_a_deleted_artifact_comes_back(clone: Checkout) -> None:
    (clone.path / "results/words/cat/1.txt").unlink()
    assert clone.ran() == []
    assert (clone.path / "results/words/cat/1.txt").read_text() == "cat\n"
    shutil.rmtree(clone.path / ".dvc/cache")
    (clone.path / "results/summary.txt").unlink()
    assert clone.ran() == [], "the store has it"
    assert (clone.path / "results/summary.txt").is_file()
    shutil.rmtree(clone.path / ".dvc/cache")
    (clone.path / "results/summary.txt").unlink()
    empty = clone.path.parent / "empty"
    clone.run("dvc", "remote", "modify", "--local", "store", "url", str(empty))
    assert clone.ran() == ["summary"]
    assert clone.status() == CLEAN


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_f_a_killed_run_goes_on(finished: Checkout, tmp_path: Path, share: float) -> None:
    clone = finished.clone(tmp_path / "clone")
    clone.edit("params.yaml", "pause: 0", "pause: 0.3")
    run = clone.start("snakemake", "--cores", "2")
    wanted = [*(clone.path / "results/words").glob("*/*.txt")]
    while len(wanted) < 4 * share and run.poll() is None:
        time.sleep(0.02)
        wanted = [*(clone.path / "results/words").glob("*/*.txt")]
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    clone.ran()
    assert clone.ran() == []
    assert clone.status() == CLEAN
    for name in ("results/summary.txt", "results/words/dog/20.txt"):
        assert (clone.path / name).read_bytes() == (finished.path / name).read_bytes()


@pytest.mark.parametrize("fails", [False, True], ids=["goes through", "fails"])
def test_where_nobody_reads_it_ends_all_the_same(clone: Checkout, *, fails: bool) -> None:
    """As behind `| head`: what it would say is lost, and nothing else."""
    new = "no_such_name" if fails else "1 + len"
    clone.edit("code/count/count.py", "print(len", f"print({new}")
    process = clone.start("snakemake", "--cores", "2")
    assert process.stdout is not None
    # Before that Snakemake speaks itself, and ends with code 1.
    assert any(line.startswith("To do") for line in process.stdout)
    process.stdout.close()
    assert process.wait(timeout=120) == int(fails)
    if not fails:
        assert clone.ran() == []


def test_f_a_live_runs_lock_is_never_broken(clone: Checkout) -> None:
    clone.edit("params.yaml", "pause: 0", "pause: 3")
    run = clone.start("snakemake", "--cores", "1")
    while not (clone.path / ".snakemake_dvc/pending.json").exists():
        time.sleep(0.02)
    said = clone.run("snakemake", "--cores", "1", code=2)
    assert "another run is at work" in said
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()


def test_g_repro_skips_everything_after_a_run(clone: Checkout) -> None:
    assert "Running stage" not in clone.run("dvc", "repro")
    clone.edit("code/draw/draw.py", "sys.argv[1] *", "sys.argv[1].upper() *")
    assert "Running stage 'draw@cat-1'" in clone.run("dvc", "repro")
    assert clone.status() == CLEAN
    assert clone.ran() == []


@pytest.mark.parametrize(
    "words",
    [
        ("--touch",),
        ("--tou",),
        ("-t",),
        ("--config", "least=9"),
        ("--drop-metadata",),
        ("--no-hooks",),
        ("--ignore-incomplete",),
        ("--rerun-triggers", "mtime"),
        ("--consider-ancient", "summary=0"),
        ("--trust-io-cache",),
    ],
)
def test_options_that_would_make_the_records_lie(clone: Checkout, words: tuple[str, ...]) -> None:
    before = {path: path.read_bytes() for path in clone.path.glob("*.lock")}
    (clone.path / "results/summary.txt").unlink()
    said = clone.run("snakemake", "--cores", "1", *words, code=2)
    assert words[0].strip("-")[:1] in said
    assert "nothing ran" in said
    assert not (clone.path / "results/summary.txt").exists()
    assert {path: path.read_bytes() for path in clone.path.glob("*.lock")} == before


def test_an_option_in_a_profile_is_refused_too(clone: Checkout) -> None:
    with (clone.path / "profiles/default/config.yaml").open("a") as stream:
        stream.write("trust-io-cache: true\n")
    clone.edit("params.yaml", "least: 2", "least: 3")
    assert "--trust-io-cache" in clone.run("snakemake", "--cores", "1", code=2)


def test_f_killed_before_snakemake_noted_that_a_job_had_begun(clone: Checkout) -> None:
    """A rule of a stranger writes in place; what it had begun is made anew, not refused."""
    clone.edit("params.yaml", "pause: 0", "pause: 0.2")
    clone.run("snakemake", "--cores", "1", "--until", "draw")
    (clone.path / ".snakemake_dvc/pending.json").write_text('["draw@dog-20"]\n')
    (clone.path / "results/words/dog/20.txt").write_text("")
    assert "draw" in clone.ran()
    assert (clone.path / "results/words/dog/20.txt").read_text() == "dog" * 20 + "\n"
    assert clone.status() == CLEAN


# "Nothing to be done" is a verdict, too.


@pytest.mark.parametrize("words", [(), ("-n",), ("results/summary.txt",), ("summary",)])
def test_a_missing_input_is_told_and_not_passed_over(clone: Checkout, words: list[str]) -> None:
    (clone.path / "added.txt").unlink()
    said = " ".join(clone.run("snakemake", "--cores", "2", *words, code=2).split())
    assert "added.txt: a rule reads it, no rule makes it, and it is not there" in said
    assert "which rule summary reads" in said
    assert "Nothing to be done" not in said
    remedy = re.search("`(git checkout [^`]+)`", said)
    assert remedy
    clone.run(*remedy[1].split())
    assert clone.ran() == []


@pytest.mark.parametrize("words", [(), ("-n",)])
def test_without_the_list_of_stages_nothing_is_up_to_date(
    clone: Checkout, words: tuple[str, ...]
) -> None:
    (clone.path / "dvc.yaml").unlink()
    said = clone.run("snakemake", "--cores", "2", *words, code=2)
    assert "dvc.yaml: it says what the stages are" in said
    clone.run("git", "checkout", "--", "dvc.yaml")
    assert clone.ran() == []


def test_what_dvc_said_of_a_lost_input_is_passed_on(clone: Checkout) -> None:
    (clone.path / "more").mkdir()
    (clone.path / "more/added.txt").write_text("30\n")
    clone.run("dvc", "add", "--quiet", "more")
    clone.edit("params.yaml", "added: added.txt", "added: more/added.txt")
    shutil.rmtree(clone.path / "more")
    shutil.rmtree(clone.path / ".dvc/cache")
    said = clone.run("snakemake", "--cores", "2", code=2)
    assert "more.dvc: the store: it lacks more" in said
    assert "more/added.txt" in said


def test_a_missing_input_does_not_stop_what_does_not_hang_on_it(clone: Checkout) -> None:
    (clone.path / "added.txt").unlink()
    assert clone.ran("results/counts/dog_20.txt") == []


def test_a_parameter_that_names_no_file_is_told(clone: Checkout) -> None:
    clone.edit("params.yaml", "added: added.txt", "added: ended.txt")
    said = " ".join(clone.run("snakemake", "--cores", "2", code=2).split())
    assert "put ended.txt there, or correct the parameter that names it" in said


def test_an_input_that_dvc_tracks_by_itself_is_brought_back(clone: Checkout) -> None:
    (clone.path / "more").mkdir()
    (clone.path / "more/added.txt").write_text("30\n")
    clone.run("dvc", "add", "--quiet", "more")
    clone.edit("params.yaml", "added: added.txt", "added: more/added.txt")
    clone.run(sys.executable, "-m", "snakemake_dvc")
    assert clone.ran() == ["summary"]
    shutil.rmtree(clone.path / "more")
    assert clone.ran() == []
    assert (clone.path / "more/added.txt").read_text() == "30\n"


@pytest.mark.parametrize(
    "lost",
    [
        ("dvc.lock",),
        ("snakemake.lock",),
        ("dvc.lock", "snakemake.lock"),
        ("snakemake.lock", ".snakemake"),
        ("dvc.lock", "snakemake.lock", ".snakemake"),
    ],
)
def test_lost_locks_are_written_again(clone: Checkout, lost: tuple[str, ...]) -> None:
    assert clone.ran() == []
    before = {name: (clone.path / name).read_text() for name in ("dvc.lock", "snakemake.lock")}
    clone.run("rm", "-r", *lost)
    # Only where nothing says any more how they were made are they made again.
    assert clone.ran() == ([] if len(lost) == 1 or "dvc.lock" not in lost else ALL)
    assert {name: (clone.path / name).read_text() for name in before} == before
    assert clone.run("git", "status", "--porcelain") == ""
    assert clone.ran() == []


def test_a_lost_lock_does_not_make_altered_bytes_right(clone: Checkout) -> None:
    assert clone.ran() == []
    clone.run("rm", "dvc.lock", "snakemake.lock")
    (clone.path / "results/words/dog/20.txt").write_text("wolf\n")
    assert "draw" in clone.ran()
    assert clone.run("git", "status", "--porcelain") == ""


def test_what_a_rule_writes_into_git_is_not_deleted_with_the_artifacts(clone: Checkout) -> None:
    rule = 'rule note:\n    output: update("note.txt")\n    shell: "date > {output}"\n\n\nbridge ='
    clone.edit("Snakefile", "bridge =", rule)
    (clone.path / "note.txt").write_text("ours\n")
    words = ("--delete-all-output", "note.txt")
    said = " ".join(clone.run("snakemake", "--cores", "2", *words, code=2).split())
    assert "it would delete what is no artifact: note.txt" in said
    assert (clone.path / "note.txt").read_text() == "ours\n"


def test_what_is_deleted_with_all_outputs_comes_back(clone: Checkout) -> None:
    clone.run("snakemake", "--cores", "2", "--delete-all-output")
    assert not (clone.path / "results/summary.txt").exists()
    assert clone.ran() == []
    assert clone.run("git", "status", "--porcelain") == ""


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("mount"), reason="no mount here")
def test_a_full_disk_is_named(finished: Checkout, tmp_path: Path) -> None:
    clone = finished.clone(tmp_path / "clone")
    clone.run("dvc", "fetch")
    results = clone.path / "results"
    results.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=4", "tmpfs", str(results)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        said = clone.run("snakemake", "--cores", "2", code=2)
    finally:
        subprocess.run(["umount", str(results)], check=True)
    assert "No space left on device" in said
    assert "troubles" not in said


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("ERROR: unexpected error - [Errno 13] Permission denied: '/c/a'\n\n", "Permission denied"),
        ("ERROR: failed to push\nHaving any troubles? Hit us up at x\n", "failed to push"),
        (
            "ERROR: no answer from http://bob:pw@h.org/a?token=T1\n",
            "no answer from http://h.org/a?...",
        ),
        ("", "exit code 255, without a word"),
    ],
)
def test_the_reason_is_passed_on_and_no_password(said: str, reason: str) -> None:
    assert dvc.reason(subprocess.CompletedProcess(["dvc"], 255, "", said)) == reason
