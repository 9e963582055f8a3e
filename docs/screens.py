"""What a run shows, as pictures: docs/screens/*.svg, from real runs in a terminal.

A clone of this checkout runs the workflow on the small stand-in in terminals of 80 and of 120
columns: the first time, with a parameter changed, with nothing to do, and with a pin that does not
match. So that the same code gives the same bytes, every duration becomes 1.2 s, the time in the
log's name 2026-01-01, and finished stages stand in the order of the plan.

Exit code 1 if a line is wrapped by the terminal or a screen has more lines than promised; the
first line is Snakemake's own, of fixed length.

Usage: python docs/screens.py
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from html import escape
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import terminal  # noqa: E402
from project import Project, copy_of_tree  # noqa: E402
from pyte.screens import Char  # noqa: E402

FOLDER = ROOT / "docs" / "screens"
COLUMNS = (80, 120)
#: Screen -> lines that it may have, Snakemake's own first line aside, at 80 and at 120 columns.
PROMISED = {
    "first": (70, 60),
    "changed": (35, 25),
    "nothing": (2, 2),
    "failing": (25, 20),
    "running": (4, 4),
}
_DURATION = re.compile(r"( *)(?:\d+ h \d\d min|\d+ min \d\d s|\d+\.\d s)(?= |$)")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d{6}\.\d{6}")
_FIXED_MOMENT = "2026-01-01T000000.000000"
#: Colour of the terminal -> that of the picture, on white and on black; contrast 4.5 or more.
_COLOURS = {
    "default": ("#1f2328", "#e6edf3"),
    "green": ("#1a7f37", "#3fb950"),
    "red": ("#cf222e", "#ff7b72"),
    "magenta": ("#8250df", "#d2a8ff"),
    "brightblack": ("#6e7781", "#8b949e"),
}
_WIDTH, _HEIGHT, _MARGIN = 8.0, 18, 14
#: What shows three stages at work, at a moment that does not depend on the machine.
_RUNNING = """
import json, logging, os, pathlib, sys, time
from snakemake_dvc.display import StageDisplay
from snakemake_interface_logger_plugins.common import LogEvent

def record(event, **fields):
    made = logging.LogRecord("", logging.INFO, "", 0, "", None, None)
    vars(made).update(event=event, **fields)
    return made

folder = pathlib.Path(os.environ["SNAKEMAKE_DVC_STATE"], "progress")
folder.mkdir(parents=True)
told = [
    ("near", "verify", 16064, 28323, "pairs", 61.0),
    ("fetch", "detection", 3.1e6, 6e6, "bytes", 9),
]
for number, words in enumerate(told):
    word = dict(zip(("name", "step", "done", "total", "unit", "left"), words))
    process = os.getpid() if number else os.getppid()
    (folder / f"{process}.json").write_text(json.dumps(word))
display = StageDisplay(dry=False, commands=False, plain=False)
jobs = ("fetch", "near", "split")
display.show(record(LogEvent.RUN_INFO, per_rule_job_counts={"fetch": 5, "near": 1, "split": 1}))
for number, rule in enumerate(jobs):
    display.show(record(LogEvent.JOB_INFO, rule_name=rule, jobid=number))
display.show(record(LogEvent.JOB_FINISHED, job_id=0))
display.show(record(LogEvent.JOB_INFO, rule_name="fetch", jobid=9))
time.sleep(60)
"""


def main() -> int:
    """Make all pictures; tell what is too long."""
    FOLDER.mkdir(exist_ok=True)
    too_long = []
    with tempfile.TemporaryDirectory() as folder:
        checkout = prepared(Path(folder))
        for columns, which in zip(COLUMNS, (0, 1), strict=True):
            for name, command, shown in screens(checkout, Path(folder, str(columns)), columns):
                rows = fixed(shown.cells)
                picture = FOLDER / f"{name}-{columns}.svg"
                picture.write_text(as_svg(command, rows, columns), encoding="utf-8")
                too_long += problems(picture.name, shown, PROMISED[name][which])
    for line in too_long:
        print(line, file=sys.stderr)
    return 1 if too_long else 0


def prepared(folder: Path) -> Project:
    """Give a checkout whose pins and locks are those of the small stand-in, committed."""
    project = copy_of_tree(ROOT, folder / "prepared" / "checkout")
    project.set_parameter("fraction", 32)
    done = project.snakemake()
    if done.returncode:
        raise SystemExit(done.stderr)
    project.git("add", "--all")
    project.git("commit", "--quiet", "--message", "the small stand-in")
    return project


def screens(
    checkout: Project, place: Path, columns: int
) -> Iterator[tuple[str, str, terminal.Shown]]:
    """Give name, command and screen of each run, made one after the other in a fresh clone."""
    subprocess.run(["git", "clone", "--quiet", str(checkout.path), str(place)], check=True)
    clone = Project(place)
    yield "first", *_run(clone, columns)
    clone.set_parameter("target", 399)
    yield "changed", *_run(clone, columns)
    yield "nothing", *_run(clone, columns)
    pins = place / "upstreams/standin/pins/v2.csv"
    pins.write_text(re.sub(r"[0-9a-f]{64}", "0" * 64, pins.read_text()))
    yield "failing", *_run(clone, columns, code=1)
    yield "running", "snakemake --cores 8", _at_work(clone, columns)


def _run(project: Project, columns: int, code: int = 0) -> tuple[str, terminal.Shown]:
    command = ("snakemake", "--cores", "1")
    shown = terminal.run(
        command, columns=columns, cwd=project.path, environment=_environment(project)
    )
    if shown.code != code:
        raise SystemExit("\n".join(shown.lines))
    return " ".join(command), shown


def _at_work(project: Project, columns: int) -> terminal.Shown:
    def stop(text: str, process: subprocess.Popen[bytes]) -> None:
        if "split" in text:
            process.send_signal(signal.SIGKILL)

    state = {"SNAKEMAKE_DVC_STATE": str(project.path / ".acne04" / "shown")}
    return terminal.run(
        (sys.executable, "-c", _RUNNING),
        columns=columns,
        cwd=project.path,
        environment=_environment(project) | state,
        look=stop,
    )


def _environment(project: Project) -> dict[str, str]:
    left_out = ("NO_COLOR", "FORCE_COLOR", "SNAKEMAKE_")
    own = project.own_environment() | {"PYTHONHASHSEED": "0"}
    return {name: value for name, value in own.items() if not name.startswith(left_out)}


def fixed(rows: Iterable[list[Char]]) -> list[list[Char]]:
    """Put a fixed order and fixed times in the place of those that differ from run to run."""
    made = []
    for row in in_order(list(rows)):
        line, cells = "".join(cell.data for cell in row), list(row)
        for found in _DURATION.finditer(line):
            text = "1.2 s".rjust(found.end() - found.start())
            cells[found.start() : found.end()] = [
                cells[found.start()]._replace(data=c) for c in text
            ]
        for found in _MOMENT.finditer(line):
            for place, character in enumerate(_FIXED_MOMENT, found.start()):
                cells[place] = cells[place]._replace(data=character)
        made.append(cells)
    return made


def in_order(rows: list[list[Char]]) -> list[list[Char]]:
    """Sort the lines of the stages that are done as the plan, above them, names the rules."""
    texts = ["".join(cell.data for cell in row) for row in rows]
    done = [number for number, text in enumerate(texts) if text.startswith("done ")]
    named = " ".join(texts[: done[0]]) if done else ""
    words = named.partition("To do ")[2].replace(",", " ").replace(":", " ").split()
    ordered = sorted(done, key=lambda number: words.index(texts[number].split()[1]))
    made = list(rows)
    for place, number in zip(done, ordered, strict=True):
        made[place] = rows[number]
    return made


def problems(name: str, shown: terminal.Shown, promised: int) -> Iterator[str]:
    """Say which lines the terminal wrapped, and whether there are more than promised."""
    own = [number for number in shown.wrapped if not shown.lines[number].startswith("Using ")]
    for number in own:
        yield f"{name}: wrapped: {shown.lines[number]}"
    if len(shown.lines) - 1 - (len(shown.wrapped) - len(own)) > promised:
        yield f"{name}: {len(shown.lines)} lines, promised {promised}"


def as_svg(command: str, rows: list[list[Char]], columns: int) -> str:
    """Draw a screen: its text is text, its colours follow the reader's light or dark theme."""
    width = columns * _WIDTH + 2 * _MARGIN
    height = (len(rows) + 1) * _HEIGHT + 2 * _MARGIN
    light, dark = (_rules(which) for which in (0, 1))
    plain = [f"$ {command}"]
    plain += ["".join(cell.data for cell in row).rstrip() for row in rows]
    drawn = [_text(0, 0, plain[0], "bold")]
    drawn += [text for number, row in enumerate(rows, 1) for text in _texts(number, row)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height}" '
            f'viewBox="0 0 {width:g} {height}" role="img">',
            f"<title>{escape(command)}</title>",
            "<style>",
            "text { font: 13px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; "
            "white-space: pre }",
            ".bold { font-weight: bold }",
            "rect { fill: #ffffff; stroke: #6e7781 }",
            light,
            f"@media (prefers-color-scheme: dark) {{ rect {{ fill: #0d1117 }} {dark} }}",
            "</style>",
            f'<rect x="0.5" y="0.5" width="{width - 1:g}" height="{height - 1}" rx="6"/>',
            *drawn,
            "</svg>",
            "",
        ]
    )


def _rules(which: int) -> str:
    rules = [f".{name} {{ fill: {colours[which]} }}" for name, colours in _COLOURS.items()]
    return " ".join([f"text {{ fill: {_COLOURS['default'][which]} }}", *rules])


def _texts(number: int, row: list[Char]) -> Iterator[str]:
    column = 0
    style: Callable[[Char], tuple[str, bool]] = lambda cell: (cell.fg, cell.bold)  # noqa: E731
    for (colour, bold), cells in groupby(row, style):
        text = "".join(cell.data for cell in cells)
        if text.strip():
            classes = " ".join(filter(None, (colour, "bold" if bold else "")))
            lead = len(text) - len(text.lstrip())
            yield _text(number, column + lead, text.strip(), classes)
        column += len(text)


def _text(number: int, column: int, text: str, classes: str) -> str:
    x, y = _MARGIN + column * _WIDTH, _MARGIN + (number + 0.75) * _HEIGHT
    return (
        f'<text x="{x:g}" y="{y:g}" class="{classes}" textLength="{len(text) * _WIDTH:g}" '
        f'xml:space="preserve">{escape(text)}</text>'
    )


if __name__ == "__main__":
    sys.exit(main())
