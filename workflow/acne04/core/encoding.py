"""The encoding of names and files: UTF-8, whatever the locale says."""

from __future__ import annotations

import locale
import os
import sys

from acne04.core.printing import say_aside

#: Environment in which Python takes everything for UTF-8.
AS_UTF8 = {"PYTHONUTF8": "1"}


def is_other_encoding() -> bool:
    """Whether this process takes names or files for something else than UTF-8."""
    given = (sys.getfilesystemencoding(), locale.getpreferredencoding(False))
    return any(name.replace("-", "").casefold() != "utf8" for name in given)


def utf8_or_end() -> None:
    """End the process with exit code 2 where its names and files are not UTF-8.

    Git, DVC and Snakemake itself would spell or read a name in two ways, and a run would refuse
    its own files.
    """
    if not is_other_encoding():
        return
    set_by = next((name for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "")
    said = f"{set_by}={os.environ[set_by]}" if set_by else "no LANG"
    say_aside(
        f"snakemake: the locale ({said}) has another encoding than UTF-8",
        "  expected: UTF-8, which names, tables and code are in",
        f"  found:    {locale.getpreferredencoding(False)}",
        "  done:     nothing ran",
        "  next:     `PYTHONUTF8=1 snakemake --cores all`, or a locale of UTF-8: `export "
        "LC_ALL=C.UTF-8`",
    )
    sys.exit(2)
