"""Faults that an audit must catch, each injected into a checkout by one function."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from fault import Fault
from faulting import (
    LEDGER,
    ONE,
    OTHER,
    Rows,
    an_image,
    cached,
    commit,
    dvc,
    edit,
    flip,
    locked,
    make_consistent,
    member,
    put,
    replace,
    stored,
    times_kept,
)
from faults_alone import SEEN_BY_ONE
from faults_invariants import TABLE_FAULTS, Place, cohort_words
from faults_records import RECORDS
from faults_tree import (
    link_in_place_of_a_folder_of_images,
    link_in_place_of_an_artifact,
    link_in_place_of_an_image,
    registry_emptied,
    rename_in_the_index,
    repository_in_place_of_code,
    worktree_elsewhere,
)
from project import Project
from released import Keys, sign_again, sum_again

from acne04.core import documents
from acne04.core.variants import VARIANTS

IMAGES, DETECTION = "data/raw/classification", "data/raw/detection"
HOLDOUT, BOXES = "data/splits/holdout.csv", "data/inventory/boxes.csv"
MANIFESTS = tuple(f"data/splits/{variant}.csv" for variant in VARIANTS)
#: What shortcuts are measured by, beside these.
_MEASURED = ("data/inventory/features.csv", "data/annotations/images.csv")
NEWEST, OLDER = "releases/1.1.0", "releases/1.0.0"


# What is done to the bytes.


def byte_in_the_workspace(project: Project) -> None:
    replace(project.path / "data/groups/names.csv", "levle", "level")


def byte_in_a_table_times_kept(project: Project) -> None:
    flip(project.path / "data/inventory/boxes.csv", -3)


def byte_in_an_image_times_kept(project: Project) -> None:
    flip(an_image(project))


def _record_one(project: Project) -> None:
    """Let a delivery hold `ONE`: recorded, committed and pushed as it should be."""
    (project.path / DETECTION / "odd.bin").write_bytes(ONE)
    row = {"dataset": "standin", "path": "odd.bin", "size": str(len(ONE))}
    row["sha256"] = hashlib.sha256(ONE).hexdigest()
    edit(project.path / f"{DETECTION}.csv", lambda rows: rows.append(row))
    ledger = json.loads(project.read(LEDGER))
    source = next(source for source in ledger["sources"] if source["folder"] == DETECTION)
    source |= {"files": source["files"] + 1, "bytes": source["bytes"] + len(ONE)}
    documents.write(project.path / LEDGER, ledger)
    dvc(project, "commit", "--force", DETECTION)
    make_consistent(project, f"{DETECTION}.csv")
    dvc(project, "push", DETECTION)


def contents_of_one_md5(project: Project) -> None:
    _record_one(project)
    put(project.path / DETECTION / "odd.bin", OTHER)
    status = project.dvc("data", "status", "--json", "--granular").stdout
    assert "odd.bin" not in status, status


def contents_of_one_md5_in_the_cache(project: Project) -> None:
    _record_one(project)
    put(cached(project, hashlib.md5(ONE).hexdigest()), OTHER)


def contents_of_one_md5_in_the_store(project: Project) -> None:
    _record_one(project)
    put(stored(project, hashlib.md5(ONE).hexdigest()), OTHER)


def byte_in_the_cache_times_kept(project: Project) -> None:
    flip(cached(project, member(project, IMAGES)))


def byte_in_the_store(project: Project) -> None:
    flip(stored(project, member(project, IMAGES)))


def list_of_a_folder_in_the_store(project: Project) -> None:
    flip(stored(project, locked(project, IMAGES)), 12)


def object_of_a_folder_missing_in_the_store(project: Project) -> None:
    stored(project, member(project, IMAGES)).unlink()


def file_beside_the_outputs(project: Project) -> None:
    (project.path / "data/splits/holdout-mine.csv").write_text("a\n")


def image_beside_the_images(project: Project) -> None:
    image = an_image(project)
    shutil.copyfile(image, image.with_name("levle0_9999.jpg"))


def output_deleted(project: Project) -> None:
    (project.path / "data/splits/kfold.csv").unlink()


# What is done to the records.


def _swap_a_grade(rows: Rows) -> None:
    rows[0]["grade"] = "0" if rows[0]["grade"] == "3" else "3"


def grade_swapped_and_committed(project: Project) -> None:
    edit(project.path / HOLDOUT, _swap_a_grade)
    dvc(project, "commit", "--force", HOLDOUT)
    commit(project)


def row_removed_and_committed(project: Project) -> None:
    edit(project.path / HOLDOUT, lambda rows: rows.pop())
    dvc(project, "commit", "--force", HOLDOUT)
    commit(project)


def corner_moved_and_all_made_consistent(project: Project) -> None:
    """Move a box: only the file that it was read from says where it lay."""

    def move(rows: Rows) -> None:
        rows[0]["xmin"] = rows[0]["voc_xmin"] = str(int(rows[0]["xmin"]) - 1)

    edit(project.path / BOXES, move)
    make_consistent(project, BOXES)


def all_made_consistent(harm: Callable[[Place], None]) -> Callable[[Project], None]:
    """Do harm to the tables, and make everything agree that is recorded of them."""

    def inject(project: Project) -> None:
        data = project.path / "data"
        found = sorted([*data.glob("*/*.csv"), *data.glob("*/*.json")])
        before = {path: path.read_bytes() for path in found}
        harm(lambda artifact: project.path / artifact)
        if not _changed(project.path / "data/cohort", before):
            count_cohort_anew(project)
        harmed = {path.relative_to(project.path).as_posix() for path in _changed(data, before)}
        measured = "data/splits/shortcuts.csv"
        is_told = measured in harmed or any(path.startswith("data/shortcuts/") for path in harmed)
        if harmed & {*MANIFESTS, *_MEASURED} and not is_told:
            measure_shortcuts_anew(project)
        changed = _changed(data, before)
        make_consistent(project, *(str(path.relative_to(project.path)) for path in changed))

    return inject


def _changed(folder: Path, before: dict[Path, bytes]) -> list[Path]:
    inside = {path: content for path, content in before.items() if folder in path.parents}
    return [path for path, content in inside.items() if path.read_bytes() != content]


def count_cohort_anew(project: Project) -> None:
    """Let the cohort's tables say what the altered ones do."""
    # What it refuses to count stays as it was.
    words = cohort_words(Path, "data/cohort")
    project.command("acne04", "cohort", *words)


def measure_shortcuts_anew(project: Project) -> None:
    """Let the shortcuts be those of the altered tables."""
    words = ["--features=data/inventory/features.csv", "--annotated=data/annotations/images.csv"]
    words += ["--table=data/splits/shortcuts.csv", "--betrayed=data/shortcuts/betrayed.csv"]
    words += ["--findings=data/shortcuts/findings.json", "--metrics=data/shortcuts/metrics.json"]
    project.command("acne04", "shortcuts", *MANIFESTS, "--dataset=standin", *words)


def comparisons_altered_and_all_made_consistent(project: Project) -> None:
    """No table says how many pairs were compared; and `near`'s own memory of them is gone."""
    path = "data/near/metrics.json"
    document = json.loads(project.read(path))
    document["pairs_compared"] += 1
    documents.write(project.path / path, document)
    make_consistent(project, path)
    (project.path / ".acne04/near.sqlite").unlink()


def lock_edited(project: Project) -> None:
    """Wherever it tells of the file, so that the lock agrees with itself."""
    file = project.path / "dvc.lock"
    md5 = locked(project, "data/splits/kfold.csv")
    file.write_text(file.read_text().replace(md5, "a" * 32))
    commit(project)


def records_edited(project: Project) -> None:
    sha256 = json.loads(project.read(LEDGER))["files"]["data/splits/kfold.csv"]["sha256"]
    file = project.path / "snakemake.lock"
    file.write_text(file.read_text().replace(sha256, "0" * 64))
    commit(project)


def packages_of_another_lock(project: Project) -> None:
    ledger = json.loads(project.read(LEDGER))
    ledger["environment"]["packages"]["numpy"] = "1.0"
    documents.write(project.path / LEDGER, ledger)
    make_consistent(project)


# What is done to code and parameters.

GRADES = "workflow/acne04/core/grades.py"


def code_in_no_commit(project: Project) -> None:
    project.append(GRADES, "# a remark\n")


def code_that_git_is_told_to_overlook(project: Project) -> None:
    project.append(GRADES, "# a remark\n")
    project.git("update-index", "--assume-unchanged", GRADES)
    assert project.git("status", "--porcelain") == ""


def code_of_the_same_size_and_time(project: Project) -> None:
    project.git("config", "core.trustctime", "false")
    project.git("config", "core.checkStat", "minimal")
    # Git looks once at the copy as it is, and then trusts size and time.
    project.git("status")
    path = project.path / GRADES
    with times_kept(path):
        path.write_text(path.read_text().replace("severe", "sevene", 1))
    assert project.git("status", "--porcelain") == ""


def module_that_git_is_told_to_ignore(project: Project) -> None:
    project.append(".git/info/exclude", "extra.py\n")
    (project.path / "workflow/acne04/extra.py").write_text("")
    assert project.git("status", "--porcelain") == ""


def code_committed_after_the_run(project: Project) -> None:
    project.append(GRADES, "# a remark\n")
    commit(project, "--amend")


def readme_amended_after_the_release(project: Project) -> None:
    project.append("README.md", "One more word.\n")
    commit(project, "--amend")


def import_that_is_not_declared(project: Project) -> None:
    project.append("workflow/acne04/scan/command.py", "import acne04.relations.leakage  # noqa\n")
    commit(project)


def parameter_of_another_run(project: Project) -> None:
    project.set_parameter("target", 399)
    commit(project)


def parameter_put_back_after_the_run(project: Project) -> None:
    """The workflow refuses overrides; whoever wants one edits the file and puts it back."""
    project.set_parameter("target", 400)
    commit(project)


# What is done to the sources.


def archive_swapped_at_the_source(project: Project) -> None:
    flip(project.path / "upstream/standin/Detection.tar")


def pin_edited(project: Project) -> None:
    path = "upstreams/standin/pins/detection.csv"
    edit(project.path / path, lambda rows: rows[0].update(sha256="0" * 64))
    commit(project)


def archive_and_pin_swapped(project: Project) -> None:
    """The pin is moved with the archive, and the ledger with the pin: all of it is consistent."""
    path = "upstreams/standin/pins/detection.csv"
    archive = project.path / "upstream/standin/Detection.tar"
    before = hashlib.sha256(archive.read_bytes()).hexdigest()
    flip(archive)
    after = hashlib.sha256(archive.read_bytes()).hexdigest()
    replace(project.path / path, before, after)
    dvc(project, "commit", "--force", "fetch@detection")
    make_consistent(project, path)


def licence_changed(project: Project) -> None:
    replace(project.path / "workflow/sources.yaml", "      name: MIT\n", "      name: CC0\n")
    commit(project)


def licence_missing(project: Project) -> None:
    replace(project.path / "workflow/sources.yaml", "      name: MIT\n", "      name: ''\n")
    commit(project)


def image_lost(project: Project) -> None:
    edit(project.path / "data/inventory/images.csv", lambda rows: rows.pop())


def _count(project: Project, more: int) -> None:
    """Take a finding away, or tell one twice, in the findings and in all that counts them."""
    paths = ("data/groups/findings.json", "data/groups/metrics.json")
    findings, metrics = (json.loads(project.read(path)) for path in paths)
    told = findings["findings"]
    one = next(finding for finding in told if finding["check"] == "name-collision")
    told.remove(one) if more < 0 else told.insert(told.index(one), one)
    findings["severities"][one["severity"]] += more
    findings["counts"][one["check"]] += more
    metrics["findings"][one["check"]] += more
    for path, document in zip(paths, (findings, metrics), strict=True):
        documents.write(project.path / path, document)
    make_consistent(project, *paths)


def finding_gone(project: Project) -> None:
    _count(project, -1)


def finding_more(project: Project) -> None:
    _count(project, 1)


# What is done to people's decisions, and to the groups.


def decision_about_other_bytes(project: Project) -> None:
    path = project.path / "decisions/annotations.csv"
    path.write_text(re.sub(r"(standin,circles,)[0-9a-f]{6}", r"\g<1>000000", path.read_text()))
    commit(project)


def subjects_merged(project: Project) -> None:
    """Two persons become one in the subject table."""
    folder = project.path / "data/raw/subjects"
    names = sorted({json.loads(line)["group"] for f in folder.iterdir() for line in f.open()})
    for file in folder.iterdir():
        file.write_text(file.read_text().replace(names[0], names[1]))


def _part(rows: Rows) -> None:
    groups = [row["group"] for row in rows]
    row = next(row for row in rows if groups.count(row["group"]) > 1 and row["subject"])
    row["group"] = "levle9_9.jpg"


def group_split(project: Project) -> None:
    edit(project.path / "data/groups/groups.csv", _part)


def person_in_two_groups(project: Project) -> None:
    """Only the column says it: no relation does."""

    def rename(rows: Rows) -> None:
        known = [row for row in rows if row["subject"]]
        other = next(row for row in known if row["group"] != known[0]["group"])
        other["subject"] = f"{known[0]['subject'].upper()} "

    edit(project.path / "data/groups/groups.csv", rename)


def person_of_a_manifest(project: Project) -> None:
    def rename(rows: Rows) -> None:
        next(row for row in rows if row["subject"])["subject"] = "sub_of_nobody"

    edit(project.path / HOLDOUT, rename)


def relation_removed_and_group_split(project: Project) -> None:
    """The tables of `dedupe` agree with one another, but not with what they were made from."""
    apart: dict[str, str] = {}

    def part(rows: Rows) -> None:
        _part(rows)
        apart.update({row["image_id"]: row["group"] for row in rows if "9_9" in row["group"]})

    def cut(rows: Rows) -> None:
        rows[:] = [row for row in rows if not apart.keys() & {row["a"], row["b"]}]

    def regroup(rows: Rows) -> None:
        for row in rows:
            row["group"] = apart.get(row["image_id"], row["group"])

    edit(project.path / "data/groups/groups.csv", part)
    edit(project.path / "data/groups/relations.csv", cut)
    manifests = [f"data/splits/{name}.csv" for name in ("holdout", "kfold", "published-clean")]
    for manifest in manifests:
        edit(project.path / manifest, regroup)
    make_consistent(project, "data/groups/groups.csv", "data/groups/relations.csv", *manifests)


# What is done to the splits: everything that is recorded of them agrees.


def _move(project: Project, wanted: Callable[[dict[str, str]], bool]) -> None:
    def move(rows: Rows) -> None:
        groups = [row["group"] for row in rows if row["split"] == "test"]
        row = next(
            row
            for row in rows
            if wanted(row) and groups.count(row["group"]) > (row["split"] == "test")
        )
        row |= {"split": "train", "excluded": "", "weight": "1"}

    edit(project.path / HOLDOUT, move)
    make_consistent(project, HOLDOUT)


def test_image_trained_on(project: Project) -> None:
    _move(project, lambda row: row["split"] == "test")


def child_of_a_test_image_trained_on(project: Project) -> None:
    _move(project, lambda row: row["excluded"] == "parent-held-out")


def twin_of_a_test_image_trained_on(project: Project) -> None:
    """A copy is placed where its own group is not."""

    def place(rows: Rows) -> None:
        parts = {row["image_id"]: row["split"] for row in rows}
        row, part = next(
            (row, parts[row["excluded"].removeprefix("copy-of:")])
            for row in rows
            if row["excluded"].startswith("copy-of:")
        )
        row |= {"split": "train" if part == "test" else "test", "excluded": "", "weight": "1"}

    edit(project.path / HOLDOUT, place)
    make_consistent(project, HOLDOUT)


# What is done to releases.


def release_gone_from_the_store(project: Project) -> None:
    """No tag knows of it: the tag is on the commit that was released."""
    (md5,) = re.findall(r"md5: ([0-9a-f]+\.dir)", project.read(f"{NEWEST}.dvc"))
    stored(project, md5).unlink()


def objects_of_a_release_collected(project: Project) -> None:
    """Old releases are tidied away from the branch, and then what only they needed."""
    for path in (project.path / "releases").iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.suffix == ".dvc":
            path.unlink()
    commit(project)
    dvc(project, "gc", "--workspace", "--cloud", "--force")


def keys(project: Project, kind: str = "ed25519") -> Keys:
    """Keys of the publisher (Ed25519), or of somebody else (P-256)."""
    folder = project.path.parent / "keys"
    return Keys(folder / f"{kind}.pem", folder / f"{kind}.pub.pem")


def signed_by_another_key(project: Project) -> None:
    sign_again(project.path / NEWEST, keys(project), keys(project, "p256"))


def attestation_edited(project: Project) -> None:
    path = project.path / NEWEST / "attestation.dsse.json"
    document = json.loads(path.read_text())
    document["payload"] = document["payload"].replace("A", "B", 1)
    path.write_text(json.dumps(document))


def file_of_the_release_altered(project: Project) -> None:
    edit(project.path / NEWEST / "manifests/holdout.csv", _swap_a_grade)
    sum_again(project.path / NEWEST)


def file_beside_those_of_the_release(project: Project) -> None:
    (project.path / NEWEST / "manifests/more.csv").write_text("a\n")
    sum_again(project.path / NEWEST)


def old_release_replayed(project: Project) -> None:
    shutil.rmtree(project.path / NEWEST)
    shutil.copytree(project.path / OLDER, project.path / NEWEST)


def _publish_without(project: Project, document: str, key: str) -> None:
    path = project.path / NEWEST / document
    content = json.loads(path.read_text())
    for entity in (content, *content.get("@graph", [])):
        entity.pop(key, None)
    path.write_text(json.dumps(content))
    sum_again(project.path / NEWEST)
    sign_again(project.path / NEWEST, keys(project), keys(project))


def croissant_without_licence(project: Project) -> None:
    _publish_without(project, "croissant.json", "license")


def crate_without_programs(project: Project) -> None:
    _publish_without(project, "ro-crate-metadata.json", "mainEntity")


#: Faults of the tables that are made consistent here, one or more for each of their checks; what
#: the tables say is judged alike with the others in `test_invariants`.
ALONE = (
    "a row of another variant",
    "a copy of another image",
    "all grades are turned round",
    "an epoch",
    "an edit that would leak has no row",
    "persons of a part",
    "persons of a test part",
    "an image is not marked",
    "a group is named after no image",
    "a held out image is trained on",
)

FAULTS = (
    Fault("a byte flipped in the workspace", byte_in_the_workspace, "artifact-bytes",
          "data/groups/names.csv"),
    Fault("a byte flipped, time kept", byte_in_a_table_times_kept, "artifact-bytes",
          "data/inventory/boxes.csv"),
    Fault("a byte flipped in an image, time kept", byte_in_an_image_times_kept, "artifact-bytes",
          IMAGES, "full"),
    Fault("two contents of one MD5", contents_of_one_md5, "artifact-bytes",
          f"{DETECTION}/odd.bin", "full", alone=True),
    Fault("a grade swapped, then dvc commit", grade_swapped_and_committed, "artifact-bytes",
          HOLDOUT),
    Fault("a row removed, then dvc commit", row_removed_and_committed, "artifact-bytes", HOLDOUT),
    Fault("a byte flipped in the cache, time and mode kept", byte_in_the_cache_times_kept,
          "cache-objects", IMAGES, "full", alone=True),
    Fault("two contents of one MD5, in the cache", contents_of_one_md5_in_the_cache,
          "cache-objects", f"{DETECTION}/odd.bin", "full", alone=True),
    Fault("a byte flipped in the store", byte_in_the_store, "store-objects", IMAGES, "full",
          alone=True),
    Fault("a folder's list altered in the store", list_of_a_folder_in_the_store, "store-objects",
          IMAGES, "full", alone=True),
    Fault("two contents of one MD5, in the store", contents_of_one_md5_in_the_store,
          "store-objects", f"{DETECTION}/odd.bin", "full", alone=True),
    Fault("an object of a folder missing in the store", object_of_a_folder_missing_in_the_store,
          "store-complete", IMAGES, "full"),
    Fault("a file beside the outputs", file_beside_the_outputs, "file-set",
          "data/splits/holdout-mine.csv", alone=True),
    Fault("an image beside the images", image_beside_the_images, "file-set", IMAGES, alone=True),
    Fault("an output deleted", output_deleted, "file-set", "data/splits/kfold.csv"),
    Fault("dvc.lock edited", lock_edited, "lock-agrees", "data/splits/kfold.csv", alone=True),
    Fault("snakemake.lock edited", records_edited, "lock-agrees", "snakemake.lock", alone=True),
    Fault("code in no commit", code_in_no_commit, "clean-tree", GRADES),
    Fault("code that git is told to overlook", code_that_git_is_told_to_overlook, "clean-tree",
          GRADES),
    Fault("code of the same size and time", code_of_the_same_size_and_time, "clean-tree", GRADES),
    Fault("a module that git is told to ignore", module_that_git_is_told_to_ignore, "clean-tree",
          "workflow/acne04/extra.py", alone=True),
    Fault("a registry of checks emptied", registry_emptied, "auditor-unchanged",
          "workflow/acne04/audit/registry.py"),
    Fault("git set up to look at an untouched copy", worktree_elsewhere, "clean-tree",
          ".git/config"),
    Fault("a module renamed in the index", rename_in_the_index, "clean-tree",
          "workflow/acne04/core/degrees.py"),
    Fault("a repository in place of a folder of code", repository_in_place_of_code, "clean-tree",
          "workflow/acne04/explain"),
    Fault("a link in place of an artifact", link_in_place_of_an_artifact, "artifacts-here",
          "data/splits/paper.csv", alone=True),
    Fault("a link in place of an image", link_in_place_of_an_image, "artifacts-here", IMAGES,
          alone=True),
    Fault("a link in place of a folder of files", link_in_place_of_a_folder_of_images,
          "artifacts-here", "data/raw/subjects"),
    Fault("code committed after the run", code_committed_after_the_run, "code-recorded", GRADES),
    Fault("an import that is not declared", import_that_is_not_declared, "code-declared",
          "workflow/acne04/relations/leakage.py"),
    Fault("a parameter of another run", parameter_of_another_run, "parameters-recorded",
          "params.yaml"),
    Fault("a parameter put back after the run", parameter_put_back_after_the_run,
          "parameters-recorded", "params.yaml", base="rerun"),
    Fault("a package of another version than the lock's", packages_of_another_lock,
          "environment-recorded", "requirements.lock", alone=True),
    Fault("an archive swapped at the source", archive_swapped_at_the_source, "upstream",
          "upstream/standin/Detection.tar", "full", alone=True),
    Fault("a pin edited", pin_edited, "pins", "upstreams/standin/pins/detection.csv"),
    Fault("a licence changed after the run", licence_changed, "licences", "workflow/sources.yaml"),
    Fault("a licence missing", licence_missing, "licences", "workflow/sources.yaml"),
    Fault("an image lost", image_lost, "source-promises", "data/raw/", base="full"),
    Fault("a known finding gone", finding_gone, "expected-findings",
          "workflow/expectations/standin.csv", alone=True),
    Fault("a finding more than is known", finding_more, "expected-findings",
          "workflow/expectations/standin.csv", alone=True),
    Fault("a decision about other bytes", decision_about_other_bytes, "decisions",
          "decisions/annotations.csv"),
    Fault("two subjects merged in the subject table", subjects_merged, "groups-agree",
          "data/groups/groups.csv"),
    Fault("a group split", group_split, "groups-agree", "data/groups/groups.csv"),
    Fault("a person in two groups, by the column alone", person_in_two_groups, "groups-agree",
          "data/groups/groups.csv"),
    Fault("another person in a manifest", person_of_a_manifest, "columns-agree", HOLDOUT),
    Fault("a relation removed and its group split", relation_removed_and_group_split,
          "groups-agree", "data/groups/groups.csv"),
    Fault("a test image trained on", test_image_trained_on, "leaks", HOLDOUT),
    Fault("the synthetic child of a test image trained on", child_of_a_test_image_trained_on,
          "leaks", HOLDOUT),
    Fault("the twin of a test image trained on", twin_of_a_test_image_trained_on, "leaks", HOLDOUT),
    *(Fault(f"{fault.name}: all made consistent", all_made_consistent(fault.harm), fault.caught_by,
            fault.at, alone=True) for fault in TABLE_FAULTS if fault.name in ALONE),
    Fault("the release itself gone from the store", release_gone_from_the_store, "released-tags",
          NEWEST, "full", alone=True),
    Fault("dvc gc that harms an older release", objects_of_a_release_collected, "released-tags",
          "data/splits/", "full", base="rerun", alone=True),
    Fault("a release attested by another key", signed_by_another_key, "release-signature", NEWEST),
    Fault("an attestation edited", attestation_edited, "release-signature", NEWEST),
    Fault("a file of the release altered", file_of_the_release_altered, "release-files",
          f"{NEWEST}/manifests/holdout.csv", alone=True),
    Fault("a file beside those of the release", file_beside_those_of_the_release, "release-files",
          f"{NEWEST}/manifests/more.csv", alone=True),
    Fault("an old release replayed", old_release_replayed, "release-serial", NEWEST,
          alone=True),
    Fault("a commit amended after the release", readme_amended_after_the_release, "release-commit",
          "README.md", alone=True),
    Fault("an archive swapped, its pin and all records too", archive_and_pin_swapped,
          "release-commit", "upstreams/standin/pins/detection.csv"),
    Fault("an artifact and all its records made consistent",
          corner_moved_and_all_made_consistent, "release-agrees", BOXES),
    Fault("the same, without a release", corner_moved_and_all_made_consistent, "stages-remade",
          BOXES, "full", alone=True),
    Fault("how many pairs near compared altered, and all records",
          comparisons_altered_and_all_made_consistent, "rebuild", "data/near/metrics.json",
          "rebuild", alone=True),
    Fault("a Croissant document without licence", croissant_without_licence, "croissant-valid",
          NEWEST, "full"),
    Fault("a run crate without its workflow", crate_without_programs, "crate-valid", NEWEST,
          "full"),
    *RECORDS,
    *SEEN_BY_ONE,
)  # fmt: skip
