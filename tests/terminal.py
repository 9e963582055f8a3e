"""A terminal for a test or a picture: a command runs in it, and what it shows can be looked at."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyte
from pyte.screens import Char

#: More than any run shows, so that nothing scrolls away.
ROWS = 400


@dataclass(frozen=True)
class Shown:
    """What a command left on the screen.

    Attributes
    ----------
    code : int
        Its exit code.
    cells : list of list of Char
        Lines of characters with their colours, without empty ones at the end.
    wrapped : list of int
        Numbers of the lines, from 0, that were too long and went on in the next.
    """

    code: int
    cells: list[list[Char]]
    wrapped: list[int]

    @property
    def lines(self) -> list[str]:
        """The text alone."""
        return ["".join(cell.data for cell in row).rstrip() for row in self.cells]


class _Screen(pyte.Screen):
    """Notes where a line ran over the right edge, which a terminal hides."""

    def __init__(self, columns: int) -> None:
        super().__init__(columns, ROWS)
        self.overrun: set[int] = set()

    def draw(self, data: str) -> None:
        for character in data:
            if self.cursor.x == self.columns:
                self.overrun.add(self.cursor.y)
            super().draw(character)

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.display).rstrip()


def run(
    words: Sequence[str],
    *,
    columns: int,
    cwd: Path,
    environment: Mapping[str, str],
    look: Callable[[str, subprocess.Popen[bytes]], None] | None = None,
) -> Shown:
    """Run a command in a terminal of so many columns.

    Parameters
    ----------
    look : callable, optional
        Gets the text on the screen whenever it may have changed, and the process.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen(
        words,
        cwd=cwd,
        env={**environment, "TERM": "xterm-256color", "COLUMNS": "", "LINES": ""},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    screen = _Screen(columns)
    stream = pyte.ByteStream(screen)
    while True:
        try:
            data = os.read(ours, 65536)
        except OSError:
            break
        if not data:
            break
        stream.feed(data)
        if look is not None:
            look(screen.text(), process)
    os.close(ours)
    code = process.wait()
    last = screen.text().count("\n") + 1
    cells = [[screen.buffer[y][x] for x in range(columns)] for y in range(last)]
    return Shown(code, cells, sorted(screen.overrun & set(range(last))))
