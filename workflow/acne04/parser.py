"""The parser of the command line: verbs by purpose, colour on a terminal, what may be meant."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from acne04.core.printing import say, shown_in_line, told
from acne04.core.suggestions import close_to, did_you_mean

#: Columns of what is written to a file or a pipe, whatever COLUMNS says; of a terminal at most.
WIDTH, WIDEST = 80, 100
#: Columns before what a verb does, and before what a flag does.
_VERB_COLUMNS, _FLAG_COLUMNS = 13, 24
SHELLS = ("bash", "zsh")


class Parser(argparse.ArgumentParser):
    """A parser that refuses in words that may be shown, and offers what may be meant.

    Attributes
    ----------
    purposes : mapping of str to sequence of str
        Purpose -> the verbs that serve it: the help lists them so; empty for a parser without any.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        # Before the rest: argparse asks for the formatter while it makes a parser.
        self.purposes: Mapping[str, Sequence[str]] = {}
        self._shown_on: Any = None
        self._given: list[str] = []
        super().__init__(*given, **named)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse what is known, and remember what was given."""
        self._given = list(sys.argv[1:] if args is None else args)
        return super().parse_known_args(args, namespace)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, and offer the flags that unknown ones are like."""
        arguments, unknown = self.parse_known_args(args, namespace)
        if unknown:
            parsers = [self, *_verb_parsers(self, vars(arguments).values())]
            asked = _flags_meant(unknown, parsers)
            self.error(_joined(f"unrecognized arguments: {' '.join(unknown)}", asked))
        return arguments

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        if "arguments are required" in message:
            # Argparse misses what is not there before it looks at what is unknown.
            message = _joined(message, _flags_meant(self._given, [self]))
        super().error(shown_in_line(told(message)))

    def print_help(self, file: Any = None) -> None:
        """Print the help, in colour where a terminal shows it."""
        self._shown_on = file or sys.stdout
        super().print_help(file)

    def print_usage(self, file: Any = None) -> None:
        """Print the usage, in colour where a terminal shows it."""
        self._shown_on = file or sys.stdout
        super().print_usage(file)

    def format_help(self) -> str:
        """Give the help; verbs stand under the purpose that they serve."""
        if not self.purposes:
            return super().format_help()
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, self._mutually_exclusive_groups)
        formatter.add_text(self.description)
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                lines = {line.dest: line for line in action._get_subactions()}
                for purpose, verbs in self.purposes.items():
                    formatter.start_section(purpose)
                    formatter.add_arguments([lines[verb] for verb in verbs if verb in lines])
                    formatter.end_section()
        formatter.start_section("options")
        formatter.add_arguments([action for action in self._actions if action.option_strings])
        formatter.end_section()
        formatter.add_text(self.epilog)
        return formatter.format_help()

    def _get_formatter(self) -> argparse.HelpFormatter:
        stream, start = self._shown_on, _VERB_COLUMNS if self.purposes else _FLAG_COLUMNS
        if stream is None or not stream.isatty():
            return argparse.HelpFormatter(self.prog, 2, start, WIDTH - 2)
        width = min(shutil.get_terminal_size().columns, WIDEST) - 2
        if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return argparse.HelpFormatter(self.prog, 2, start, width)
        return _coloured(self.prog, start, width)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            asked = did_you_mean(str(value), map(str, action.choices or ()))
            if isinstance(action, argparse._SubParsersAction):
                message = _joined(f"no verb {value!r}", asked or "`acne04` alone lists them")
                raise argparse.ArgumentError(None, message) from None
            raise argparse.ArgumentError(action, _joined(error.message, asked)) from None


class Version(argparse.Action):
    """Looks the version up only when it is asked for: that reads the installed packages."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="show the version, and exit")

    def __call__(self, parser: argparse.ArgumentParser, *given: object) -> None:
        """Print it."""
        from importlib.metadata import PackageNotFoundError, version

        try:
            say(f"acne04 {version('acne04')}")
        except PackageNotFoundError:
            # Found through PYTHONPATH alone.
            say("acne04 (not installed)")
        parser.exit()


class Completion(argparse.Action):
    """Prints what a shell reads to complete verbs, flags and their values.

    Parameters
    ----------
    whole : callable
        Gives the parser with the flags of all verbs: a call has those of its own only.
    """

    def __init__(
        self, option_strings: Sequence[str], dest: str, whole: Callable[[], Parser]
    ) -> None:
        super().__init__(
            option_strings, dest, choices=SHELLS, help="print the completion for this shell"
        )
        self._whole = whole

    def __call__(self, parser: argparse.ArgumentParser, _: object, shell: Any, *__: object) -> None:
        """Print it."""
        # Only here: nothing else needs it.
        import shtab

        whole = self._whole()
        for each in (whole, *_verb_parsers(whole)):
            for action in each._actions:
                if action.type is Path:
                    is_folder = action.metavar in ("FOLDER", "RELEASE")
                    files = shtab.DIRECTORY if is_folder else shtab.FILE
                    action.complete = files  # type: ignore[attr-defined]
        sys.stdout.write(shtab.complete(whole, shell))
        parser.exit()


def declare_loudness(parser: argparse.ArgumentParser, default: Any) -> None:
    """Declare ``-q`` and ``-v``, which may stand before the verb or behind it."""
    either = parser.add_mutually_exclusive_group()
    for short, word, loudness, what in (
        ("-q", "--quiet", -1, "tell results and what is wrong, no progress, no advice"),
        ("-v", "--verbose", 1, "tell everything: advice in full, the traceback of a fault"),
    ):
        either.add_argument(
            short,
            word,
            action="store_const",
            const=loudness,
            dest="loudness",
            default=default,
            help=what,
        )


def _coloured(prog: str, start: int, width: int) -> argparse.HelpFormatter:
    # Only here: a quarter of the time of a help that nobody sees in colour.
    from rich_argparse import RichHelpFormatter

    class Coloured(RichHelpFormatter):
        # Words of ours may hold brackets; headings stay as they are without colour.
        help_markup = text_markup = False
        group_name_formatter = str

    return Coloured(prog, 2, start, width)


def _flags_meant(words: Iterable[str], parsers: Iterable[argparse.ArgumentParser]) -> str:
    """Offer for each unknown flag the known ones that are like it."""
    flags = {flag for parser in parsers for flag in parser._option_string_actions}
    known = [flag[2:] for flag in flags if flag.startswith("--")]
    given = (word.partition("=")[0].removeprefix("--") for word in words if word[:2] == "--")
    unknown = [name for name in given if not any(flag.startswith(name) for flag in known)]
    # Without the dashes, which all have: two flags are as like as their names are.
    near = [f"--{flag}" for name in unknown for flag in close_to(name, known)]
    return f"did you mean {' or '.join(near)}?" if near else ""


def _verb_parsers(
    parser: argparse.ArgumentParser, verbs: Iterable[object] | None = None
) -> list[argparse.ArgumentParser]:
    """Give the parsers of verbs, all of them if none is named."""
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            wanted = action.choices if verbs is None else [*map(str, verbs)]
            found += [action.choices[verb] for verb in wanted if verb in action.choices]
    return found


def _joined(said: str, asked: str) -> str:
    return f"{said}; {asked}" if asked else said
