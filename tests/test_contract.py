"""The contract between Snakemake and DVC (a to g), with real clones and a real DVC store.

The letters are those of docs/decisions/0002-records-travel.md.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from project import CLEAN, Project, kill_group, rules_run

from acne04.core.checkout import PACKAGES, python_path
from snakemake_dvc.store import VARIABLE

pytestmark = pytest.mark.workflow

AFTER_SPLIT = ["cohort", "record", "report", "shortcuts", "split"]
AFTER_SCAN = ["cohort", "dedupe", "near", "scan", "shortcuts", "split", "validate"]
#: Of a run that asks no store, and so makes all that is not here.
ALONE = {VARIABLE: "none"}


def test_a_clone_and_pull_leave_nothing_to_do(clone: Project) -> None:
    again = clone.snakemake()
    assert "Nothing to be done" in again.stdout + again.stderr
    assert not (clone.path / "upstream").exists(), "nothing may be fetched"
    assert clone.dvc_status() == CLEAN
    assert clone.git("status", "--porcelain") == ""


def test_b1_a_moved_pin_runs_what_depends_on_it(clone: Project) -> None:
    assert rules_run(clone.snakemake("--forcerun", "standin", "--until", "standin")) == ["standin"]
    upstream = clone.path / "upstream/standin/Acne04-v2_annotations.json"
    document = json.loads(upstream.read_text())
    removed = document["annotations"].pop()
    upstream.write_text(json.dumps(document))
    pins = clone.path / "upstreams/standin/pins/v2.csv"
    before = pins.read_text()
    refused = clone.snakemake("--forcerun", "fetch", "--until", "fetch")
    assert refused.returncode == 1
    assert "sha256" in refused.stderr, "a changed upstream is refused while its pin stands"
    pins.write_text(_repinned(before, upstream))
    assert rules_run(clone.snakemake()) == [
        "cohort",
        "fetch",
        "record",
        "report",
        "shortcuts",
        "split",
        "validate",
    ]
    assert clone.dvc_status() == CLEAN
    lesions = clone.read("data/annotations/lesions.csv")
    assert f"\nstandin,{removed['id']}," not in lesions


def _repinned(pins: str, upstream: Path) -> str:
    import hashlib

    data = upstream.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    rows = []
    for row in pins.splitlines():
        fields = row.split(",")
        if " fraction=32 " in row and fields[3] == upstream.name:
            fields[4:] = [str(len(data)), digest]
        rows.append(",".join(fields))
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("tool", ["snakemake", "dvc"])
def test_b2_a_changed_byte_stops_everything(clone: Project, tool: str) -> None:
    victim = clone.path / "data/raw/v2/Acne04-v2_annotations.json"
    victim.write_bytes(victim.read_bytes().replace(b'"radius": 1', b'"radius": 2', 1))
    lock = clone.read("dvc.lock")
    done = clone.snakemake() if tool == "snakemake" else clone.dvc("repro")
    assert done.returncode != 0
    if tool == "snakemake":
        assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "data/raw/v2/Acne04-v2_annotations.json: expected sha256" in said
    assert "`rm -r data/raw/v2`" in said
    assert "Traceback" not in said
    assert clone.read("dvc.lock") == lock
    shutil.rmtree(clone.path / "data/raw/v2")
    assert rules_run(clone.snakemake()) == []
    assert clone.dvc_status() == CLEAN


def test_b2_also_where_something_is_missing(clone: Project) -> None:
    """Bringing back what is missing must not sweep away what a user put beside it."""
    folder = clone.path / "data/raw/classification"
    next(folder.rglob("*.jpg")).unlink()
    (folder / "mine.txt").write_text("a user's")
    for words in (("-n",), ()):
        done = clone.snakemake(*words)
        assert done.returncode == 1
        assert "mine.txt" in done.stderr
        assert (folder / "mine.txt").is_file()


def test_b2_without_the_records(clone: Project) -> None:
    clone.append("data/splits/kfold.csv", "tampered\n")
    (clone.path / "snakemake.lock").unlink()
    done = clone.snakemake()
    assert done.returncode == 1
    assert "data/splits/kfold.csv: expected md5" in done.stderr


def test_b2_an_added_file_stops_everything(clone: Project) -> None:
    (clone.path / "data/raw/acnedit/extra.jpg").write_bytes(b"not listed")
    done = clone.snakemake()
    assert done.returncode == 1
    assert "data/raw/acnedit/extra.jpg: expected no such file, found one" in done.stderr


@pytest.mark.parametrize(
    ("file", "text", "stages"),
    [
        ("workflow/acne04/split/__init__.py", "# edited\n", AFTER_SPLIT),
        (
            "workflow/acne04/dedupe/__init__.py",
            "# edited\n",
            ["cohort", "dedupe", "record", "report", "shortcuts", "split"],
        ),
        ("workflow/acne04/leaks/__init__.py", "# edited\n", []),
        ("workflow/acne04/split/paper.py", "# edited\n", AFTER_SPLIT),
        ("workflow/acne04/record/graph.py", "# edited\n", ["record"]),
        (
            "schemas/lesions.table.json",
            "\n",
            ["cohort", "record", "report", "shortcuts", "split", "validate"],
        ),
    ],
)
def test_c_an_edit_runs_the_stages_affected(
    clone: Project, file: str, text: str, stages: list[str]
) -> None:
    clone.append(file, text)
    assert rules_run(clone.snakemake()) == stages
    assert clone.dvc_status() == CLEAN
    assert rules_run(clone.snakemake()) == []


def test_c_an_edit_shows_as_one_line_in_either_tool(clone: Project) -> None:
    clone.append("workflow/acne04/split/paper.py", "# edited\n")
    status = clone.dvc("status").stdout
    assert set(re.findall(r"modified: +(\S+)", status)) == {"workflow/acne04/split"}
    looked = clone.snakemake("-n")
    reasons = [line for line in looked.stderr.splitlines() if "Params have changed" in line]
    assert [line.split(":")[0] for line in reasons] == ["rule split"]


@pytest.mark.parametrize("name", ["__pycache__/paper.pyc", "paper.py~", ".paper.py.swp"])
def test_c_what_editors_leave_is_no_code(clone: Project, name: str) -> None:
    left = clone.path / "workflow/acne04/split" / name
    left.parent.mkdir(exist_ok=True)
    left.write_text("left")
    assert clone.dvc_status() == CLEAN
    assert rules_run(clone.snakemake()) == []


def test_code_of_another_checkout_is_refused_by_name(clone: Project, finished: Project) -> None:
    clone.append("workflow/acne04/split/paper.py", "# edited\n")
    clone.environment = {"PYTHONPATH": python_path(finished.path)}
    for words in ((), ("-n",)):
        done = clone.snakemake(*words)
        assert done.returncode == 2
        assert "acne04, acne04_standin, snakemake_dvc: the code" in done.stderr
        assert str(clone.path / "workflow/acne04") in done.stderr
        assert str(finished.path / "workflow/acne04") in done.stderr
    assert clone.git("status", "--porcelain").strip() == "M workflow/acne04/split/paper.py"


def test_code_of_another_checkout_is_refused_in_a_job(clone: Project, finished: Project) -> None:
    """A job of a cluster may find another environment than the run that sent it there."""
    clone.environment = {
        "PYTHONPATH": python_path(finished.path),
        "SNAKEMAKE_DVC_STATE": str(clone.path / ".acne04"),
        "SNAKEMAKE_DVC_PACKAGES": json.dumps({"root": str(clone.path), "packages": PACKAGES}),
    }
    (clone.path / ".acne04").mkdir(exist_ok=True)
    done = clone.command("acne04", "check", "params.yaml")
    assert done.returncode == 2
    assert "acne04, acne04_standin, snakemake_dvc: the code" in done.stderr
    clone.environment["PYTHONPATH"] = python_path(clone.path)
    assert clone.command("acne04", "check", "params.yaml").returncode == 0


def test_c_a_parameter_and_a_rule(clone: Project) -> None:
    clone.set_parameter("target", 12)
    assert rules_run(clone.snakemake()) == AFTER_SPLIT
    rule = clone.path / "workflow/rules/5_dedupe.smk"
    rule.write_text(rule.read_text().replace("acne04 --log", "acne04  --log"))
    assert rules_run(clone.snakemake()) == [
        "cohort",
        "dedupe",
        "record",
        "report",
        "shortcuts",
        "split",
    ]
    assert clone.dvc_status() == CLEAN


def test_c_a_rules_command_in_dvc(clone: Project) -> None:
    """An edited command runs its stage under `dvc repro`, an edited comment ends clean, too."""
    rule = clone.path / "workflow/rules/6_split.smk"
    rule.write_text(rule.read_text().replace("acne04 --log", "acne04  --log"))
    ran = clone.dvc("repro")
    assert "Running stage 'split'" in ran.stdout
    assert clone.dvc_status() == CLEAN
    rule.write_text(rule.read_text().replace('"""', '"""In short: ', 1))
    assert clone.dvc_status() != CLEAN
    assert rules_run(clone.snakemake()) == ["record"], "the ledger holds the file's hash"
    assert clone.dvc_status() == CLEAN


def test_c_times_alone_run_nothing(clone: Project) -> None:
    for name in clone.git("ls-files").splitlines():
        os.utime(clone.path / name)
    assert rules_run(clone.snakemake()) == []
    assert clone.dvc_status() == CLEAN


def test_c_another_commit_and_back(clone: Project) -> None:
    clone.set_parameter("balance", "weights")
    assert rules_run(clone.snakemake()) == AFTER_SPLIT
    clone.git("commit", "--quiet", "--all", "--message", "other balance")
    for revision in ("HEAD~1", "main"):
        clone.git("checkout", "--quiet", revision)
        assert clone.dvc("checkout").returncode == 0
        assert rules_run(clone.snakemake()) == []
        assert clone.dvc_status() == CLEAN


def test_c_another_commit_without_its_data(clone: Project) -> None:
    """`git checkout` alone: the artifacts of the other commit are known, not tampered with."""
    clone.set_parameter("balance", "weights")
    assert rules_run(clone.snakemake()) == AFTER_SPLIT
    clone.git("commit", "--quiet", "--all", "--message", "other balance")
    clone.git("checkout", "--quiet", "HEAD~1")
    assert clone.snakemake().returncode == 0
    assert clone.dvc_status() == CLEAN
    assert clone.git("status", "--porcelain") == ""


def test_d_a_partial_pull_fetches_nothing(bare_clone: Project) -> None:
    assert bare_clone.dvc("pull", "split").returncode == 0
    assert rules_run(bare_clone.snakemake()) == []
    assert not (bare_clone.path / "upstream").exists()
    assert not (bare_clone.path / "data/raw").exists()
    status = json.loads(bare_clone.dvc("status", "--json").stdout)
    said = [outs for changes in status.values() for kinds in changes for outs in kinds.values()]
    assert {state for outs in said for state in outs.values()} == {"deleted", "not in cache"}
    assert not [path for outs in said for path in outs if (bare_clone.path / path).exists()]


def test_d_what_is_needed_comes_from_the_store(bare_clone: Project) -> None:
    assert bare_clone.dvc("pull", "split").returncode == 0
    bare_clone.append("workflow/acne04/split/__init__.py", "# edited\n")
    assert rules_run(bare_clone.snakemake()) == AFTER_SPLIT
    assert not (bare_clone.path / "upstream").exists()
    assert rules_run(bare_clone.snakemake()) == []


ONE_OF_EACH = [
    "data/raw/v2",
    "data/raw/classification.csv",
    "data/groups/groups.csv",
    "data/splits/kfold.csv",
    "data/ledger/ledger.json",
]


@pytest.mark.parametrize("artifact", ONE_OF_EACH)
def test_d_one_artifact_pulled_and_the_rest_comes_from_the_store(
    artifact: str, bare_clone: Project
) -> None:
    """Whatever is here, nothing is made: what the run is asked for is fetched."""
    assert bare_clone.dvc("pull", artifact).returncode == 0
    looked = bare_clone.snakemake("-n")
    assert "A run would first ask the store for data/splits/" in looked.stdout
    done = bare_clone.snakemake()
    assert rules_run(done) == []
    assert "Asking the store for what is needed: data/splits/" in done.stderr
    assert (bare_clone.path / "data/splits/holdout.csv").is_file()
    assert not (bare_clone.path / "upstream").exists()
    assert bare_clone.git("status", "--porcelain") == ""
    assert rules_run(bare_clone.snakemake()) == []


@pytest.mark.long
def test_d_each_artifact_alone(finished: Project, tmp_path: Path) -> None:
    outs = re.findall(r"^    - path: (data/\S+)$", finished.read("dvc.lock"), re.MULTILINE)
    for number, artifact in enumerate(sorted(set(outs))):
        project = finished.clone(tmp_path / str(number))
        assert project.dvc("pull", artifact).returncode == 0
        assert rules_run(project.snakemake()) == [], artifact
        assert not (project.path / "upstream").exists(), artifact
        shutil.rmtree(project.path)


def test_d_nothing_pulled_comes_from_the_store(bare_clone: Project) -> None:
    assert rules_run(bare_clone.snakemake()) == []
    assert not (bare_clone.path / "upstream").exists()
    assert bare_clone.dvc_status() == CLEAN


def test_d_what_the_store_lacks_is_made_of_what_it_has(
    bare_clone: Project, finished: Project
) -> None:
    """One manifest is lost there: its stage runs, and says why; the sources are not asked."""
    store = bare_clone.path.parent / "store"
    shutil.copytree(finished.path.parent / "acne04-store", store)
    entry = finished.read("dvc.lock").partition("path: data/splits/kfold.csv\n")[2]
    md5 = re.search(r"md5: (\w{32})", entry)
    assert md5
    (store / "files/md5" / md5[1][:2] / md5[1][2:]).unlink()
    url = ("remote", "modify", "--local", "store", "url", str(store))
    assert bare_clone.dvc(*url).returncode == 0
    assert bare_clone.dvc("pull", "dedupe").returncode == 0
    done = bare_clone.snakemake()
    assert rules_run(done) == AFTER_SPLIT
    said = " ".join(done.stderr.split())
    assert "The store: it lacks data/splits/kfold.csv. Made again: data/splits/kfold.csv" in said
    assert not (bare_clone.path / "upstream").exists()
    assert bare_clone.read("data/splits/kfold.csv") == finished.read("data/splits/kfold.csv")
    assert bare_clone.git("status", "--porcelain") == ""


def test_d_a_pull_that_fails_builds_nothing(bare_clone: Project, finished: Project) -> None:
    """Not even for a job that needs a folder of photographs; what is typed instead does."""
    assert bare_clone.dvc("pull", "scan").returncode == 0
    (bare_clone.path / "data/raw").mkdir()
    shutil.copy(finished.path / "data/raw/v2.csv", bare_clone.path / "data/raw")
    url = ("remote", "modify", "--local", "store", "url", "/no/such/disk")
    assert bare_clone.dvc(*url).returncode == 0
    for words in ((), ("data/annotations/images.csv",)):
        refused = bare_clone.snakemake(*words)
        assert refused.returncode == 2
        said = " ".join(refused.stderr.split())
        assert "the store at /no/such/disk: no such folder" in said
        assert "what is recorded is not made again unasked" in said
        assert f"`{VARIABLE}=none snakemake --cores all`" in said
    assert not (bare_clone.path / "upstream").exists()
    assert not (bare_clone.path / "data/splits").exists()
    # The inputs of a stale stage are there, but not the folder that it reads.
    bare_clone.append("workflow/acne04/validate/__init__.py", "# edited\n")
    refused = bare_clone.snakemake("data/annotations/images.csv")
    assert refused.returncode == 2
    told = "data/raw/v2 is not fetched from its source in its place"
    assert told in " ".join(refused.stderr.split())
    assert not (bare_clone.path / "data/raw/v2").exists()


def test_c_an_older_commit_comes_from_the_store_and_back(clone: Project, tmp_path: Path) -> None:
    """`git checkout` and `dvc checkout`, where the cache has only one of the two states."""
    clone.set_parameter("balance", "weights")
    assert rules_run(clone.snakemake()) == AFTER_SPLIT
    clone.git("commit", "--quiet", "--all", "--message", "other balance")
    store = tmp_path / "store-of-both"
    assert clone.dvc("remote", "modify", "--local", "store", "url", str(store)).returncode == 0
    assert clone.dvc("push", "--all-commits").returncode == 0
    fresh = clone.clone(tmp_path / "fresh")
    assert fresh.dvc("remote", "modify", "--local", "store", "url", str(store)).returncode == 0
    assert fresh.dvc("pull").returncode == 0
    for revision, is_cached in (("HEAD~1", False), ("main", True)):
        fresh.git("checkout", "--quiet", revision)
        assert (fresh.dvc("checkout").returncode == 0) == is_cached
        assert rules_run(fresh.snakemake()) == []
        assert fresh.dvc("pull").returncode == 0
        assert fresh.dvc_status() == CLEAN
        assert fresh.git("status", "--porcelain") == ""


@pytest.mark.parametrize("cache", ["kept", "lost"])
def test_e_a_deleted_artifact_comes_back(clone: Project, cache: str) -> None:
    if cache == "lost":
        shutil.rmtree(clone.path / ".dvc/cache")
        shutil.rmtree(clone.path / "data/raw/classification")
        (clone.path / "data/splits/kfold.csv").unlink()
        assert rules_run(clone.snakemake()) == [], "the store has it"
        clone.append("workflow/acne04/scan/__init__.py", "# edited\n")
        assert "scan" in rules_run(clone.snakemake())
    else:
        shutil.rmtree(clone.path / "data/raw/classification")
        (clone.path / "data/inventory/boxes.csv").unlink()
        (clone.path / "data/splits/kfold.csv").unlink()
        assert rules_run(clone.snakemake()) == []
        assert (clone.path / "data/inventory/boxes.csv").is_file()
    assert (clone.path / "data/splits/kfold.csv").is_file()
    assert (clone.path / "data/raw/classification").is_dir()
    assert clone.dvc_status() == CLEAN


def test_e_rebuilt_from_upstream_where_no_store_is(clone: Project) -> None:
    """Neither cache nor store: the folder is fetched again, and must be as listed."""
    store = clone.path.parent / "empty-store"
    assert clone.dvc("remote", "modify", "--local", "store", "url", str(store)).returncode == 0
    shutil.rmtree(clone.path / ".dvc/cache")
    shutil.rmtree(clone.path / "data/raw/v2")
    clone.append("workflow/acne04/validate/__init__.py", "# edited\n")
    assert rules_run(clone.snakemake()) == [
        "cohort",
        "record",
        "report",
        "shortcuts",
        "split",
        "validate",
    ]
    assert (clone.path / "data/raw/v2/Acne04-v2_annotations.json").is_file()
    assert clone.dvc_status() == CLEAN


def test_f_the_second_of_two_runs_is_refused(clone: Project) -> None:
    clone.append("workflow/acne04/scan/__init__.py", "# edited\n")
    first = clone.start("snakemake", "--cores", "2")
    while not (clone.path / ".acne04/pending.json").exists():
        assert first.poll() is None
        time.sleep(0.02)
    second = clone.snakemake()
    assert second.returncode == 2
    assert "another run is at work in this checkout" in second.stderr
    first.communicate()
    assert first.returncode == 0
    assert clone.dvc_status() == CLEAN


def _goes_on(project: Project, expected: Project, moment: str) -> None:
    """The same plain command continues, and ends with the same bytes."""
    done = project.snakemake()
    assert done.returncode == 0, f"killed {moment}:\n{done.stdout}{done.stderr}"
    for name in ("dvc.lock", "snakemake.lock"):
        assert project.read(name) == expected.read(name), f"{name} differs, killed {moment}"
    assert project.dvc_status() == CLEAN, f"killed {moment}"


@pytest.mark.parametrize(
    "sign",
    ["upstream/standin/README.txt", "data/inventory/images.csv", ".acne04/dvc.lock.before"],
    ids=["fetching", "validating", "committing"],
)
def test_f_killed_at_three_moments(bare_clone: Project, finished: Project, sign: str) -> None:
    bare_clone.environment = ALONE
    run = bare_clone.start("snakemake", "--cores", "2")
    while not (bare_clone.path / sign).exists():
        assert run.poll() is None
        time.sleep(0.01)
    if not sign.startswith(".acne04"):
        time.sleep(0.3)
    assert run.poll() is None, "the run ended before it could be killed"
    kill_group(run)
    _goes_on(bare_clone, finished, f"after {sign}")


def test_f_killed_without_its_jobs(bare_clone: Project, finished: Project) -> None:
    """Only Snakemake itself is killed: its orphaned jobs go on writing beside the next run."""
    bare_clone.environment = ALONE
    run = bare_clone.start("snakemake", "--cores", "2")
    while not (bare_clone.path / "upstream/standin/README.txt").exists():
        assert run.poll() is None
        time.sleep(0.01)
    run.kill()
    run.wait()
    _goes_on(bare_clone, finished, "without its jobs")


@pytest.mark.long
@pytest.mark.parametrize("number", range(20))
def test_f_killed_at_random(bare_clone: Project, finished: Project, number: int) -> None:
    delay = random.Random(number).uniform(0.5, 25)
    bare_clone.environment = ALONE
    run = bare_clone.start("snakemake", "--cores", "2")
    try:
        run.communicate(timeout=delay)
    except subprocess.TimeoutExpired:
        kill_group(run)
    _goes_on(bare_clone, finished, f"after {delay:.2f} s")


def test_g_repro_goes_through_snakemake(clone: Project) -> None:
    skipped = clone.dvc("repro")
    assert skipped.returncode == 0
    assert "Running stage" not in skipped.stdout
    clone.append("workflow/acne04/dedupe/__init__.py", "# edited\n")
    ran = clone.dvc("repro")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Running stage 'dedupe'" in ran.stdout
    assert clone.dvc_status() == CLEAN
    assert rules_run(clone.snakemake()) == []


def test_parameters_come_from_the_file_alone(clone: Project) -> None:
    done = clone.snakemake("--config", "dataset=acne04")
    assert done.returncode == 2
    assert "the parameters are not those of params.yaml" in done.stderr
    assert clone.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("target", '"400"', "split.target: '400' is not of type 'integer'"),
        ("target: 400\n  taget", "1", "split.taget: no such parameter; did you mean target?"),
        ("ratios", "[65, 15, 30]", "which sum to 110"),
    ],
)
def test_wrong_parameters(bare_clone: Project, name: str, value: str, said: str) -> None:
    file = bare_clone.path / "params.yaml"
    old = {"target": "target: 400", "ratios": "ratios: [65, 15, 20]"}[name.split(":")[0]]
    file.write_text(file.read_text().replace(old, f"{name}: {value}"))
    done = bare_clone.snakemake()
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("lock", ["dvc.lock", "snakemake.lock"])
def test_a_lock_in_pieces_after_a_merge(bare_clone: Project, lock: str) -> None:
    file = bare_clone.path / lock
    file.write_text(f"<<<<<<< HEAD\n{file.read_text()}=======\n")
    done = bare_clone.snakemake()
    assert done.returncode == 1
    assert "git checkout --ours dvc.lock snakemake.lock" in done.stderr
    assert "Traceback" not in done.stderr


def test_f_a_failed_run_goes_on_after_git(clone: Project) -> None:
    """What succeeded before a failure is ours, also when git renews the times of the locks."""
    clone.append("workflow/acne04/dedupe/__init__.py", "# edited\n")
    clone.append("workflow/acne04/split/__init__.py", "raise SystemExit(1)\n")
    assert clone.snakemake().returncode == 1
    clone.git("checkout", "workflow/acne04/split/__init__.py")
    for name in ("dvc.lock", "snakemake.lock"):
        os.utime(clone.path / name)
    # The comment moved no byte: what the failed run removed came back from the cache. The ledger
    # alone is to be made: it names the hash of the code.
    assert rules_run(clone.snakemake()) == ["record"]
    assert clone.dvc_status() == CLEAN


def test_metrics_diff_shows_what_a_change_did(clone: Project) -> None:
    clone.set_parameter("balance", "weights")
    assert clone.snakemake().returncode == 0
    shown = clone.dvc("metrics", "diff", "--json")
    assert "data/splits/key_figures.json" in json.loads(shown.stdout)
    whole = clone.dvc("metrics", "diff", "--json", "--targets", "data/splits/metrics.json")
    assert "data/splits/metrics.json" in json.loads(whole.stdout)


def test_another_dataset_is_refused_while_something_would_be_lost(clone: Project) -> None:
    """What DVC's cache does not hold is nowhere else: it is named, and nothing is touched."""
    mine = clone.path / "data/raw/v2/mine.json"
    mine.write_text("a user's")
    clone.set_parameter("dataset", "acne04")
    for words in ((), ("-n",)):
        refused = clone.snakemake(*words)
        assert refused.returncode == 2
        said = " ".join(refused.stderr.split())
        assert "dataset is 'acne04', but 1 files of 'standin' lie here" in said
        assert "data/raw/v2/mine.json" in said
        assert mine.is_file()
        assert (clone.path / "data/splits/holdout.csv").is_file()


def test_other_settings_of_the_standin_and_back(clone: Project) -> None:
    clone.set_parameter("seed", 1)
    assert "fetch" in rules_run(clone.snakemake())
    clone.git("checkout", "--quiet", ".")
    assert rules_run(clone.snakemake()) == []
    assert clone.git("status", "--porcelain") == ""
    assert clone.dvc_status() == CLEAN
    # What was drawn with the other settings is not taken for the upstream of these.
    (clone.path / "data/raw/v2.csv").unlink()
    shutil.rmtree(clone.path / ".dvc/cache")
    clone.append("workflow/acne04/fetch/__init__.py", "# edited\n")
    assert {"standin", "fetch"} <= set(rules_run(clone.snakemake()))
    assert clone.git("status", "--porcelain", "data", "upstreams") == ""


@pytest.mark.parametrize(
    "lost", ["decisions/places.csv", "decisions/annotations.csv", "upstreams/standin/pins/v2.csv"]
)
def test_a_missing_source_is_told(clone: Project, lost: str) -> None:
    """`previous`, decisions, pins: Snakemake would take what hangs on them for its own source."""
    (clone.path / lost).unlink()
    for words in ((), ("-n",)):
        refused = clone.snakemake(*words)
        assert refused.returncode == 2
        said = " ".join(refused.stderr.split())
        assert f"{lost}: a rule reads it, no rule makes it, and it is not there" in said
    clone.git("checkout", "--", lost)
    assert rules_run(clone.snakemake()) == []


def test_an_earlier_release_that_is_not_there_is_told(clone: Project) -> None:
    clone.set_parameter("previous", "releases/1.0.0")
    refused = clone.snakemake()
    assert refused.returncode == 2
    assert "releases/1.0.0/holdout.csv" in refused.stderr
    assert "Nothing to be done" not in refused.stdout + refused.stderr


def test_pins_survive_the_deletion_of_all_outputs(clone: Project) -> None:
    pins = clone.path / "upstreams/standin/pins"
    before = {path.name: path.read_bytes() for path in pins.iterdir()}
    assert clone.snakemake("--delete-all-output").returncode == 0
    assert {path.name: path.read_bytes() for path in pins.iterdir()} == before
    assert not (clone.path / "data/splits/holdout.csv").exists()
    assert rules_run(clone.snakemake()) == []
    assert clone.git("status", "--porcelain") == ""
