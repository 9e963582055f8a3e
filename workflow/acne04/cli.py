"""The command `acne04`: finds the verb, runs it, turns errors into exit codes."""

from __future__ import annotations

import argparse
import gc
import importlib
import io
import os
import signal
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TextIO

from acne04.core.encoding import AS_UTF8, is_other_encoding
from acne04.core.errors import Acne04Error
from acne04.core.printing import (
    RUN_STATE,
    loudness,
    say,
    say_aside,
    set_loudness,
    shown_in_line,
    told,
)
from acne04.core.progress import be_job_of
from acne04.parser import Completion, Parser, Version, declare_loudness

#: Verb -> what it does, in the order of the workflow, in one line of a terminal. The module of the
#: same name, if `MODULES` names no other, is imported when it is asked for: `configure(parser)`
#: declares its arguments, `read_options(arguments)` makes frozen options of them, `run(options)`
#: gives the exit code.
VERBS = {
    "standin": "draw the stand-in upstream: same names and defects, no faces",
    "pin": "record what an upstream delivers, where no hash is published",
    "sources": "list every source's files: here, wrong or missing; what to do",
    "fetch": "bring a source to data/raw, checked against its pins",
    "restore": "bring a folder of data/raw back: from DVC, else its upstream",
    "scan": "read every image once; parse labels, folds and boxes",
    "validate": "check an Acne04-v2 annotation file: its schema, then sense",
    "near": "find copies in other bytes, and parents of synthetic images",
    "dedupe": "give canonical names; join what is related into groups",
    "split": "place whole groups into balanced splits with exact quotas",
    "cohort": "count images and persons by step, and what is missing",
    "shortcuts": "say what a model could grade by without looking at skin",
    "report": "show the dataset on one page: pictures, leaks, questions",
    "record": "write the ledger: rule, code, inputs and hash of every artifact",
    "decide": "list what only a person can settle, and record the answer",
    "leaks": "say what the parts of a split, ours or yours, share",
    "score": "score predictions on a part, with intervals over persons",
    "trace": "say where an artifact, image or circle comes from, and went",
    "draw": "draw boxes and circles into images, for people to look at",
    "audit": "check that the dataset is what it says, and untouched",
    "diff": "say in plain words what a change does to the dataset",
    "release": "make a signed release: manifests, tables, ledger, run crate",
    "verify": "check a release with nothing but its files and a key you trust",
    "check": "check files that people edit, before they are committed",
    "export": "give the images of a split as other libraries open them",
    "explain": "say what a finding or a check means, and what to do next",
    "doctor": "say what would stop a run here, and the way out",
}

#: What people want -> the verbs for it. A run calls those that make.
PURPOSES = {
    "look": ("sources", "report", "draw", "trace", "explain", "diff"),
    "make (`make run` and `snakemake --cores all` call these)": (
        "standin",
        "pin",
        "fetch",
        "restore",
        "scan",
        "validate",
        "near",
        "dedupe",
        "split",
        "cohort",
        "record",
    ),
    "judge": ("leaks", "shortcuts", "score", "decide", "check", "audit", "doctor"),
    "publish": ("export", "release", "verify"),
}

#: Verbs that lie elsewhere: in another verb's room, or in a package of their own.
MODULES = {
    "standin": "acne04_standin",
    "pin": "acne04.fetch.pin",
    "restore": "acne04.fetch.restore",
}

_WORKFLOW = "pip install 'acne04[workflow]', or `make setup` in a checkout"
_RELEASE = "pip install 'acne04[release]', or `make setup` in a checkout"
_CHECKOUT = "it belongs to a checkout: `make setup` there installs it"
#: Package that not every installation has -> how to get it.
EXTRAS = {
    "acne04_standin": _CHECKOUT,
    "snakemake_dvc": _CHECKOUT,
    "cryptography": _RELEASE,
    "in_toto_attestation": _RELEASE,
    "securesystemslib": _RELEASE,
    "dvc": _WORKFLOW,
    "gdown": _WORKFLOW,
    "httpx": _WORKFLOW,
    "jinja2": _WORKFLOW,
    "pathspec": _WORKFLOW,
    "pyarrow": _WORKFLOW,
    "sklearn": "pip install scikit-learn, or `make setup` in a checkout",
    "snakemake": _WORKFLOW,
    "stamina": _WORKFLOW,
}

if Path(sys.argv[0]).name == "acne04" and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
    # Ctrl-C while numpy is still being imported: nothing has begun, nothing needs words.
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))

# Verbs divide their work among threads themselves; a linear algebra library that starts its own
# for each small product only gets in their way. It reads this when numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code: 0 fine, 1 data wrong, 2 not possible."""
    if words is None and is_other_encoding():
        # Python reads names and files as the locale says, and what is made must not hang on it.
        again = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
        os.execve(sys.executable, again, {**os.environ, **AS_UTF8})
    words = list(sys.argv[1:] if words is None else words)
    for stream in (sys.stdout, sys.stderr):
        # Under any locale: what a verb prints is part of what it makes.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    if RUN_STATE in os.environ:
        return _run_as_job(" ".join(words), words)
    if not words:
        # As git does: the verbs where results go, and an exit code that no script takes for done.
        _parser(()).print_help()
        return 2
    return _outcome(words)[0]


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    arguments: argparse.Namespace = _parser([_verb(words)[0]]).parse_args(words)
    set_loudness(arguments.loudness)
    # A verb is a short process that makes few cycles: what the imports made need not be looked
    # through again, and collecting seldom saves a twentieth of the CPU time of a scan.
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    return arguments


def _run_as_job(job: str, words: Sequence[str]) -> int:
    """Run a job of a run, which wants to know that it lives, and why it failed."""
    from snakemake_dvc.errors import BridgeError
    from snakemake_dvc.locks import as_job, leave_word

    # A process that is killed says nothing more: its word is left before the long imports.
    verb, log = _verb(words)
    where = f"\n  log:      {log}" if log else ""
    leave_word(job, 2, f"acne04 {verb}: ended from outside: killed, or out of memory{where}")
    be_job_of(verb or "")
    try:
        with as_job():
            code, message = _outcome(words)
    except SystemExit:
        leave_word(job, 0, "")
        raise
    except BridgeError as error:
        code, message = _fail(verb, error.exit_code, str(error))
    leave_word(job, code, message + where if message else "")
    return code


def _outcome(words: Sequence[str]) -> tuple[int, str]:
    """Exit code, and the message where there is a reason to give one."""
    verb, _ = _verb(words)
    set_loudness(1 if {"-v", "--verbose"} & set(words) else 0)
    try:
        arguments = _arguments(words)
        with _logged(arguments.log):
            return _run(arguments)
    except OSError as error:
        # The log itself cannot be written, or standard output is full.
        return _fail(verb, 2, _system_says(error))
    except Exception as error:
        return _fault(verb, error)


def _run(arguments: argparse.Namespace) -> tuple[int, str]:
    verb = arguments.verb
    try:
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        module = arguments.module
        code = int(module.run(module.read_options(arguments)))
        sys.stdout.flush()
    except Acne04Error as error:
        return _fail(verb, error.exit_code, str(error))
    except ModuleNotFoundError as error:
        if not (reason := _not_installed(error)):
            return _fault(verb, error)
        return _fail(verb, 2, reason)
    except KeyboardInterrupt:
        return _fail(verb, 130, "interrupted; nothing half-written")
    except BrokenPipeError:
        # Whoever read our output has gone; nobody is left to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2, ""
    except OSError as error:
        return _fail(verb, 2, _system_says(error))
    except MemoryError:
        return _fail(verb, 2, "this machine has not the memory for it; nothing half-written")
    except Exception as error:
        return _fault(verb, error)
    return code, ""


def _fail(verb: str | None, code: int, reason: str) -> tuple[int, str]:
    message = told(f"acne04 {verb}: {reason}" if verb else f"acne04: {reason}")
    say_aside(*message.split("\n"))
    return code, message


def _fault(verb: str | None, error: Exception) -> tuple[int, str]:
    """Tell of an error that nobody foresaw: in one line, and whole where somebody looks for it."""
    # Only here: no call needs it that goes well.
    import traceback

    whole = "".join(traceback.format_exception(error)).splitlines()
    log = getattr(sys.stderr, "log", None)
    if loudness() > 0 or RUN_STATE in os.environ:
        # Standard error of a job is its log.
        say_aside(*whole)
    elif log:
        say(*whole, stream=log)
    seen = "with the traceback above" if loudness() > 0 else "with what the same call says under -v"
    if loudness() <= 0 and (log or RUN_STATE in os.environ):
        seen = "with the traceback in the log"
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return _fail(
        verb,
        2,
        f"a fault of ours: {what}\n  done:     nothing half-written\n"
        f"  next:     please report it, {seen} (CONTRIBUTING.md says where)",
    )


def _system_says(error: OSError) -> str:
    where = error.filename2 or error.filename
    said = str(error.strerror or error)
    return f"{shown_in_line(str(where))}: {said}" if where else said


class _Tee:
    """Standard error that a file keeps too, without the progress bars."""

    def __init__(self, stream: TextIO, log: TextIO) -> None:
        self._stream = stream
        self.log = log

    def write(self, text: str) -> int:
        if "\r" not in text:
            self.log.write(text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


@contextmanager
def _logged(path: Path | None) -> Iterator[None]:
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    streams = sys.stdout, sys.stderr
    with path.open("w", encoding="utf-8") as log:
        if RUN_STATE in os.environ:
            # The run shows one line a stage, and repeats why one failed; all else is in the log.
            sys.stdout = sys.stderr = log
        else:
            sys.stderr = _Tee(sys.stderr, log)
        try:
            yield
        finally:
            sys.stdout, sys.stderr = streams


def _module(verb: str) -> ModuleType:
    """Import the module of a verb; say what is missing where the installation has it not."""
    try:
        module = importlib.import_module(MODULES.get(verb, f"acne04.{verb}"))
    except ModuleNotFoundError as error:
        if not (reason := _not_installed(error)):
            raise
        say_aside(*f"acne04 {verb}: {reason}".split("\n"))
        sys.exit(2)
    if "pandas" in sys.modules:
        # Where pyarrow is at hand pandas would keep text in it, which has no place for names that
        # are not UTF-8; and what a verb gives must not hang on what else is installed.
        sys.modules["pandas"].options.mode.string_storage = "python"
    return module


def _not_installed(error: ModuleNotFoundError) -> str:
    """Say how to get a package that not every installation has; empty for any other."""
    package = (error.name or "").partition(".")[0]
    if package not in EXTRAS:
        return ""
    return f"{package} is not installed\n  done:     nothing\n  next:     {EXTRAS[package]}"


def _verb(words: Sequence[str]) -> tuple[str | None, str | None]:
    """Find the verb and the log of a call before their options are known."""
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    parser.add_argument("--log")
    parser.add_argument("--print-completion")
    declare_loudness(parser, None)
    parser.add_argument("verb", nargs="?")
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    try:
        found = parser.parse_known_args(words)[0]
    except argparse.ArgumentError:
        return None, None
    return found.verb, found.log


def _parser(configured: Collection[str | None]) -> Parser:
    """Make the parser, with the arguments of some verbs; a call needs those of its own only."""
    parser = Parser(
        prog="acne04",
        usage="acne04 [-h] [-q | -v] [--log FILE] VERB ...",
        description="A reproducible, versioned, leak-proof home for the ACNE04 datasets.",
        epilog="`acne04 VERB --help` says more. Exit code: 0 fine, 1 the data is wrong, 2 it could "
        "not be done.",
    )
    parser.purposes = PURPOSES
    parser.add_argument("--version", action=Version, dest="version")
    parser.add_argument(
        "--print-completion", action=Completion, dest="completion", whole=_whole_parser
    )
    parser.add_argument("--log", metavar="FILE", type=Path, help="write messages there too")
    declare_loudness(parser, 0)
    verbs = parser.add_subparsers(dest="verb", prog="acne04", required=True, metavar="VERB")
    for verb, summary in VERBS.items():
        verb_parser = verbs.add_parser(verb, help=summary, description=summary)
        if verb in configured:
            module = _module(verb)
            module.configure(verb_parser)
            declare_loudness(verb_parser, argparse.SUPPRESS)
            verb_parser.set_defaults(module=module)
    return parser


def _whole_parser() -> Parser:
    """Make the parser with the arguments of all verbs that this installation has."""
    return _parser([verb for verb in VERBS if _is_installed(verb)])


def _is_installed(verb: str) -> bool:
    try:
        importlib.import_module(MODULES.get(verb, f"acne04.{verb}"))
    except ModuleNotFoundError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
