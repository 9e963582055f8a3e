"""The errors a user can meet: each says where, what, and what to do next."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from acne04.core.printing import shown, shown_in_line


class Acne04Error(Exception):
    """Work must stop: the data is wrong (exit code 1 unless a subclass says otherwise).

    Parameters
    ----------
    where : str
        File, address or option concerned.
    what : str
        What is wrong, in one sentence without its full stop.
    expected, found : str
        What the rule demands and what is there instead; empty where it makes no sense.
    done : str
        What has been done about it (nothing written, staging file removed, ...).
    remedy : str
        The next thing to do, a command where there is one.
    """

    exit_code = 1

    def __init__(
        self,
        where: str,
        what: str,
        *,
        expected: str = "",
        found: str = "",
        done: str = "",
        remedy: str = "",
    ) -> None:
        self.where = where
        self.what = what
        self.expected = expected
        self.found = found
        self.done = done
        self.remedy = remedy
        super().__init__(str(self))

    def __reduce__(self) -> tuple[Any, ...]:
        words = {name: getattr(self, name) for name in ("expected", "found", "done", "remedy")}
        return partial(type(self), **words), (self.where, self.what)

    def without_remedy(self) -> str:
        """Give the message, without what to do next."""
        return self._told(has_remedy=False)

    def __str__(self) -> str:
        return self._told(has_remedy=True)

    def _told(self, *, has_remedy: bool) -> str:
        lines = [f"{shown_in_line(self.where)}: {self.what}"]
        labelled = [
            ("expected", self.expected),
            ("found", self.found),
            ("done", self.done),
            ("next", self.remedy if has_remedy else ""),
        ]
        lines += [f"  {label + ':':<10}{_indented(text)}" for label, text in labelled if text]
        # The words of a message may be a stranger's: names of files, cells of tables.
        return shown("\n".join(lines))


def _indented(text: str) -> str:
    """Set further lines below the first, that none looks like a line of the message's own."""
    return re.sub(r"\n(?! )", "\n" + 12 * " ", text)


class SchemaError(Acne04Error):
    """A file of ours does not follow its schema."""


class SourceError(Acne04Error):
    """An upstream delivered something else than what is pinned or promised."""


class SplitError(Acne04Error):
    """No split can be made that keeps its guarantees."""


class UnavailableError(Acne04Error):
    """Something needed is not there: a file, a network, a program."""

    exit_code = 2


class UsageError(Acne04Error):
    """The call or a parameter is wrong."""

    exit_code = 2
