"""The command line as a whole: exit codes, and words instead of tracebacks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import terminal
from project import Project

from acne04 import cli
from acne04.cli import PURPOSES, VERBS

ROOT = Path(__file__).parents[1]
ANNOTATIONS = Path(__file__).parent / "examples" / "valid" / "annotations"


def acne04(*words: str, **more: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "acne04.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str) -> None:
    done = acne04(verb, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: acne04 {verb}")


@pytest.mark.parametrize(
    "words", [("nonsense",), ("--nonsense",), ("validate",), ("validate", "x.json", "--nonsense")]
)
def test_a_wrong_call_is_2(words: tuple[str, ...]) -> None:
    done = acne04(*words)
    assert done.returncode == 2
    assert "usage: acne04" in done.stderr


@pytest.mark.parametrize("place", ["folder", "file/below"])
def test_a_log_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    example = next(ANNOTATIONS.glob("*.json"))
    done = acne04("--log", place, "validate", str(example), cwd=tmp_path)
    assert done.returncode == 2
    assert place.split("/")[0] in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "inventory.csv").mkdir()
    (tmp_path / "images").mkdir()
    words = ("scan", "--classification", "images", "--dataset", "standin")
    done = acne04(*words, "--inventory", "inventory.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert "inventory.csv" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_said(tmp_path: Path) -> None:
    example = next(ANNOTATIONS.glob("*.json"))
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device, not a path of ours
        command = [sys.executable, "-m", "acne04.cli", "validate", str(example), "--json"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


# What somebody sees who types `acne04`.


def test_the_verbs_stand_under_what_people_want() -> None:
    done = acne04()
    assert (done.returncode, done.stderr) == (2, "")
    lines = done.stdout.splitlines()
    assert all(len(line) <= 80 for line in lines)
    for verb, does in VERBS.items():
        assert f"  {verb:<11}{does}" in lines
    headings = [lines.index(f"{purpose}:") for purpose in PURPOSES]
    assert headings == sorted(headings)
    named = [verb for verbs in PURPOSES.values() for verb in verbs]
    assert sorted(set(named) & set(VERBS)) == sorted(VERBS)
    assert len(named) == len(set(named))
    assert acne04("--help").stdout == done.stdout


def test_the_version_and_the_module() -> None:
    command = [sys.executable, "-m", "acne04", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == acne04("--version").stdout
    assert done.stdout.startswith("acne04 ")


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (("leeks",), "no verb 'leeks'; did you mean leaks?"),
        (("Audit",), "did you mean audit?"),
        (("xyzzy",), "`acne04` alone lists them"),
        (("audit", "--levle", "full"), "arguments: --levle full; did you mean --level?"),
        (("audit", "--level", "ful"), "did you mean full?"),
        (("--verison",), "did you mean --version?"),
        (("explain", "leaks-publishd"), "did you mean leaks-published?"),
        (
            ("pin", "clasification", "--dataset=standin", "--sources=workflow/sources.yaml",
             "--pins=p", "--version=1", "--upstream=u"),
            "did you mean classification?",
        ),
    ],
)  # fmt: skip
def test_what_may_be_meant_is_offered(words: tuple[str, ...], asked: str) -> None:
    done = acne04(*words, cwd=ROOT)
    assert done.returncode == 2
    assert asked in " ".join(done.stderr.split())


def test_an_image_that_may_be_meant_is_offered(finished: Project) -> None:
    asked = finished.command("acne04", "decide", "--image", "levle0_0.jpgg", "--json")
    # Nothing is asked of it, which is an answer; why is said aside.
    assert (asked.returncode, json.loads(asked.stdout)) == (0, [])
    assert "no image has this name; did you mean levle0_0.jpg" in asked.stderr
    traced = finished.command("acne04", "trace", "levle0_0.jpgg")
    assert traced.returncode == 1
    assert "the nearest: levle0_0.jpg" in traced.stderr


def imported_by(*words: str) -> set[str]:
    """Names of all modules that a call imports, without those that the interpreter begins with."""
    code = (
        "import sys; before = set(sys.modules)\n"
        "from acne04.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "print(*sorted(set(sys.modules) - before), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("words", [(), ("--help",)])
def test_the_list_of_verbs_imports_next_to_nothing(words: tuple[str, ...]) -> None:
    imported = imported_by(*words)
    packages = {name.partition(".")[0] for name in imported}
    foreign = {name for name in packages if name not in sys.stdlib_module_names}
    assert foreign == {"acne04"}
    assert not {"difflib", "traceback", "subprocess"} & imported
    # 0.05 s, most of which is Python's own start.
    assert len(imported) < 60, sorted(imported)


@pytest.mark.parametrize("words", [("--help",), ("leaks", "--help"), ("leeks",)])
def test_help_in_a_file_is_plain_and_the_same_everywhere(words: tuple[str, ...]) -> None:
    usual = acne04(*words)
    assert "\x1b" not in usual.stdout + usual.stderr
    for more in ({"COLUMNS": "40"}, {"COLUMNS": "200", "FORCE_COLOR": "1"}, {"TERM": "xterm"}):
        done = acne04(*words, env=os.environ | more)
        assert (done.stdout, done.stderr) == (usual.stdout, usual.stderr), more


@pytest.mark.parametrize("more", [{}, {"NO_COLOR": "1"}])
def test_help_on_a_terminal(more: dict[str, str]) -> None:
    command = [sys.executable, "-m", "acne04", "--help"]
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    shown = terminal.run(command, columns=80, cwd=ROOT, environment=environment | more)
    assert shown.code == 0
    assert shown.wrapped == []
    colours = {cell.fg for row in shown.cells for cell in row if cell.data.strip()}
    assert (len(colours) > 1) == (not more)
    # The same words, whatever the colour.
    assert [*filter(None, shown.lines)] == [*filter(None, acne04("--help").stdout.splitlines())]


def completed(line: str) -> set[str]:
    """What bash offers at the end of a line."""
    script = f"""
        eval "$({sys.executable} -m acne04 --print-completion bash)"
        COMP_LINE={line!r}; COMP_POINT=${{#COMP_LINE}}
        read -ra COMP_WORDS <<< "$COMP_LINE"; [[ $COMP_LINE == *" " ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); compopt() {{ :; }}
        _shtab_acne04 acne04 "${{COMP_WORDS[COMP_CWORD]}}" ""
        printf "%s\\n" "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=ROOT)
    return {word.strip() for word in done.stdout.splitlines()}


def test_bash_completes_verbs_flags_values_and_files() -> None:
    assert completed("acne04 le") == {"leaks"}
    assert {"--level", "--rebuild", "--sarif"} <= completed("acne04 audit --")
    assert completed("acne04 audit --level f") == {"full"}
    assert "params.yaml" in completed("acne04 check par")


@pytest.mark.skipif(not shutil.which("zsh"), reason="no zsh on this machine")
def test_zsh_reads_the_completion() -> None:
    done = acne04("--print-completion", "zsh")
    read = subprocess.run(["zsh", "-n"], input=done.stdout, capture_output=True, text=True)
    assert (read.returncode, read.stderr) == (0, "")


# How much is told.


def test_quiet_tells_results_alone_and_verbose_everything(clone: Project) -> None:
    usual = clone.command("acne04", "audit")
    quiet = clone.command("acne04", "-q", "audit")
    whole = clone.command("acne04", "audit", "-v")
    assert usual.returncode == quiet.returncode == whole.returncode == 0, usual.stdout
    advice = [line for line in usual.stdout.splitlines() if line.startswith("advice")]
    assert len(advice) == 2
    assert all("-v tells" in line for line in advice)
    # Known advice does not stand before what passed.
    before = usual.stdout.partition("\nok ")[0].splitlines()
    assert len(before) < 10, usual.stdout
    assert len(quiet.stdout.splitlines()) == 1
    assert quiet.stdout.splitlines()[-1] == usual.stdout.splitlines()[-1]
    assert "no relation by subject between test and trainval" in whole.stdout
    assert "no relation by subject" not in usual.stdout


def test_quiet_and_verbose_are_not_both() -> None:
    assert acne04("-q", "-v", "explain", "leaks").returncode == 2


# A fault of ours.


def broken(where: str) -> str:
    """A call in which a verb meets what nobody foresaw."""
    return (
        "import sys; from acne04 import cli; import acne04.explain as verb\n"
        "def fail(*_): raise KeyError('https://bob:pa55word@host.org/x?token=1')\n"
        f"verb.{where} = fail\n"
        "sys.exit(cli.main(sys.argv[1:]))"
    )


@pytest.mark.parametrize("where", ["run", "read_options", "configure"])
@pytest.mark.parametrize("more", [[], ["-v"], ["--log", "log.txt"]])
def test_what_nobody_foresaw_is_told_as_a_fault_of_ours(
    where: str, more: list[str], tmp_path: Path
) -> None:
    command = [sys.executable, "-c", broken(where), *more, "explain", "leaks"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "acne04 explain: a fault of ours: KeyError: " in done.stderr
    assert "please report it" in done.stderr
    log = tmp_path / "log.txt"
    whole = done.stderr + (log.read_text() if log.exists() else "")
    assert "pa55word" not in whole
    assert "token=1" not in whole
    assert "host.org/x" in whole
    assert ("Traceback" in done.stderr) == (more == ["-v"])
    if "--log" in more and where != "configure":
        assert "Traceback" in log.read_text()


# One meaning of --json, and of a file named “-”.


def test_json_is_a_flag_everywhere_and_output_a_file() -> None:
    parser = cli._whole_parser()
    (verbs,) = (action.choices for action in parser._actions if action.dest == "verb")
    with_json = 0
    for verb, verb_parser in verbs.items():
        options = verb_parser._option_string_actions
        if "--json" in options:
            with_json += 1
            assert options["--json"].nargs == 0, verb
            assert options["-o"] is options["--output"], verb
    assert with_json >= 8


@pytest.mark.parametrize("more", [["-o", "FILE"], ["--json", "-o", "FILE"], ["--output", "FILE"]])
def test_a_document_in_a_file_leaves_the_text(more: list[str], tmp_path: Path) -> None:
    example = str(next(ANNOTATIONS.glob("full.json")))
    text = acne04("validate", example)
    file = tmp_path / "out.json"
    done = acne04("validate", example, *(str(file) if w == "FILE" else w for w in more))
    assert done.stdout == text.stdout
    shown = acne04("validate", example, "--json").stdout
    assert acne04("validate", example, "-o", "-", cwd=tmp_path).stdout == shown
    assert json.loads(file.read_text()) == json.loads(shown)
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_standard_output_for_a_report(clone: Project) -> None:
    shown = clone.command("acne04", "diff", "HEAD", "--json")
    assert json.loads(shown.stdout)["verdict"] == "same"
    markdown = clone.command("acne04", "diff", "HEAD", "--markdown", "-")
    assert markdown.stdout.startswith("#")
    both = clone.command("acne04", "diff", "HEAD", "--markdown", "-", "--json")
    assert both.returncode == 2
    assert "standard output is that of --json, too" in both.stderr
    assert not (clone.path / "-").exists()
    assert clone.git("status", "--porcelain") == ""


# What needs data and finds none.

NEED_DATA = {
    "trace": ["trace", "levle0_0.jpg"],
    "leaks": ["leaks", "mine.csv"],
    "decide": ["decide"],
    "an answer": ["decide", "grade", "0123456789abcdef", "1", "--reason", "so"],
}


@pytest.mark.parametrize("name", NEED_DATA)
def test_a_clone_without_data_is_told_once(name: str, bare_clone: Project) -> None:
    bare_clone.append("mine.csv", "path,split\na.jpg,train\nb.jpg,test\n")
    done = bare_clone.command("acne04", *NEED_DATA[name])
    assert done.returncode == 2
    assert done.stderr.count("data/ is not here") == 1
    assert "next:     `dvc pull`, or `make run`" in done.stderr
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("name", [*NEED_DATA, "audit", "diff", "doctor"])
def test_a_folder_that_is_no_checkout_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("path,split\na.jpg,train\nb.jpg,test\n")
    words = NEED_DATA.get(name, [name, "HEAD"] if name == "diff" else [name])
    done = acne04(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no dvc.yaml" in done.stderr
    assert "dvc pull" not in done.stderr


# Parameters.


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("target: 400", "target: 0", "(line 21): split.target: 0 is less"),
        ("target: 400", "target: 0", "expected at least 1 (as shipped: 400)"),
        (
            "target: 400",
            "tarqet: 400",
            "line 21: split.tarqet: no such parameter; did you mean tar",
        ),
        ("65, 15, 20", "65, 15, 30", "(line 16): split.ratios: train, val and test do not make a"),
        ("folds: 5", "folds: [5", "(line 18, column 3): not YAML"),
        ("near:", "near", "not YAML"),
    ],
)
def test_a_wrong_parameter_is_told_with_its_line(
    old: str, new: str, said: str, tmp_path: Path
) -> None:
    text = (ROOT / "params.yaml").read_text()
    assert old in text
    (tmp_path / "params.yaml").write_text(text.replace(old, new, 1))
    done = acne04("check", "params.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert said in done.stderr
    assert "next: " in done.stderr


@pytest.mark.workflow
def test_a_parameter_that_a_call_sets_is_told_as_that(bare_clone: Project) -> None:
    done = bare_clone.snakemake("-n", "--config", 'split={"target": "no"}')
    assert done.returncode != 0
    assert "split.target, as this call sets it: 'no' is not of type 'integer'" in done.stderr
