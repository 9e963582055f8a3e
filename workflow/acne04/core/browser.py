"""Open a page in the browser of whoever works here."""

from __future__ import annotations

import webbrowser
from pathlib import Path

from acne04.core.errors import UnavailableError
from acne04.core.printing import say, say_aside

#: Where a run makes the page that shows the dataset, below the checkout.
PAGE = Path("data/report/index.html")


def open_page(page: Path, part: str = "") -> None:
    """Say where a page lies, and open it.

    Parameters
    ----------
    page : pathlib.Path
        The file.
    part : str
        Id of the part to begin with; empty for the whole of it.

    Raises
    ------
    UnavailableError
        If it is not there. Where there is no browser, that is said, and no error.
    """
    if not page.is_file():
        raise UnavailableError(
            str(page), "not here", remedy=f"`dvc pull {PAGE}`, or `snakemake --cores all`"
        )
    say(str(page))
    if not webbrowser.open(page.resolve().as_uri() + (f"#{part}" if part else "")):
        say_aside("no browser was found here: open the file by hand")
