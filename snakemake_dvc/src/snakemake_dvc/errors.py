"""Why a run stops: where, what is wrong, and what to do next."""

from __future__ import annotations

from snakemake_dvc.printing import shown, shown_in_line


class BridgeError(Exception):
    """A run must stop.

    Parameters
    ----------
    where, what : str
        File or command concerned, and what is wrong with it in one sentence.
    expected, found, done, remedy : str
        What should be there and what is; what was done about it; what to do next. Empty where it
        makes no sense.
    exit_code : int
        1: what lies in the checkout is wrong; 2: the run could not be made.
    """

    def __init__(
        self,
        where: str,
        what: str,
        *,
        expected: str = "",
        found: str = "",
        done: str = "",
        remedy: str = "",
        exit_code: int = 1,
    ) -> None:
        named = {"expected": expected, "found": found, "done": done, "next": remedy}
        lines = [f"  {label + ':':<10}{text}" for label, text in named.items() if text]
        super().__init__(shown("\n".join([f"{shown_in_line(where)}: {what}", *lines])))
        self.where, self.what, self.remedy = where, what, remedy
        self.exit_code = exit_code
