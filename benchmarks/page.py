"""Measure the page: of a finished run, then of ten times as many images.

The images of a finished run are taken ten times, under other names, hashes and persons, in every
table that the page shows: what a page holds and what a browser does with it depends on how many
rows there are, not on what the drawings show. Opening is from the address to the end of the load
event; the first pictures are those of the gallery's first screen, the clock still running.

Usage: python benchmarks/page.py CHECKOUT [--rounds N]
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from measuring import (
    CORES,
    Figure,
    NotMeasurableError,
    as_table,
    machine,
    own_environment,
    spend,
    use_two_cores,
)

TIMES = 10
SECONDS_LIMIT, MEGABYTES_LIMIT = 2.0, 30.0
#: Files of thumbnails beside the page of the larger one.
FILES = 40
_MULTIPLIED = (
    "annotations/images.csv",
    "annotations/lesions.csv",
    "groups/groups.csv",
    "groups/names.csv",
    "groups/relations.csv",
    "inventory/boxes.csv",
    "inventory/folds.csv",
    "inventory/images.csv",
    "near/parents.csv",
    "near/verdicts.csv",
    "splits/*.csv",
)
_IMAGES = ("classification/Classification/JPEGImages", "acnedit")
_NAME = re.compile(r"""([^/,|;:"\s]+)\.(jpe?g)""", re.IGNORECASE)
_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_ANNOTATION = re.compile(r"^(\w+,)(\d+),")
_PERSON = re.compile(r"sub_\d")
_FIRST_PICTURES = """
const [done] = arguments;
const look = () => {
  const shown = [...document.querySelectorAll("#gallery img")].filter((image) => {
    const box = image.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight;
  });
  if (shown.length && shown.every((image) => image.complete && image.naturalWidth))
    done([performance.timing.loadEventEnd - performance.timing.navigationStart,
          performance.now()]);
  else requestAnimationFrame(look);
};
document.querySelector("#gallery").scrollIntoView();
look();
"""


def multiply(checkout: Path, place: Path, times: int) -> int:
    """Copy the tables and images of a finished run, each image `times` times; give their number."""
    for name in ("data", "decisions", "workflow", "schemas", "upstreams"):
        skipped = shutil.ignore_patterns(*(() if name != "data" else ("raw",)))
        shutil.copytree(checkout / name, place / name, ignore=skipped)
    for name in ("params.yaml", "dvc.yaml", "Snakefile"):
        shutil.copyfile(checkout / name, place / name)
    number, digests = 0, dict[tuple[str, int], str]()
    for image in sorted((checkout / "data" / "raw").rglob("*")):
        if image.is_dir():
            continue
        to = place / image.relative_to(checkout)
        to.parent.mkdir(parents=True, exist_ok=True)
        is_image = image.suffix.lower() in (".jpg", ".jpeg")
        number += times if is_image else 0
        first = image.read_bytes()
        for copy in range(times if is_image else 1):
            # What stands behind the end of a JPEG image changes its hash alone.
            content = first + b"." * copy
            to.with_name(_renamed(image.name, copy, {})).write_bytes(content)
            old, new = (hashlib.sha256(data).hexdigest() for data in (first, content))
            digests[old, copy] = new
    for pattern in _MULTIPLIED:
        for table in sorted((place / "data").glob(pattern)):
            head, *rows = table.read_text(encoding="utf-8").splitlines(keepends=True)
            if "sha256" not in head and table.parent.name == "splits":
                continue  # no manifest: a table of counts
            more = (_renamed(row, copy, digests) for copy in range(times) for row in rows)
            if table.parent.name == "annotations":
                more = (_ANNOTATION.sub(rf"\g<1>{line},", row) for line, row in enumerate(more))
            table.write_text("".join([head, *more]), encoding="utf-8")
    return number


def _renamed(text: str, copy: int, digests: Mapping[tuple[str, int], str]) -> str:
    """Give other names, hashes and persons to what a line tells of; the first copy stays."""
    if not copy:
        return text
    text = _NAME.sub(rf"\1-{copy}.\2", text)
    text = _HASH.sub(lambda found: digests.get((found[0], copy), found[0]), text)
    return _PERSON.sub(f"sub_{copy}", text)


def measure(checkout: Path, rounds: int) -> Iterator[Figure]:
    """Make both pages, and open each in Chromium."""
    if not (checkout / "data" / "report" / "index.html").is_file():
        raise NotMeasurableError("no finished run is there: `snakemake --cores all`")
    with tempfile.TemporaryDirectory(dir=checkout.parent) as folder:
        for times, files in ((1, 0), (TIMES, FILES)):
            place = Path(folder) / str(times)
            place.mkdir()
            yield from _measure_one(place, multiply(checkout, place, times), files, rounds)


def _measure_one(place: Path, images: int, files: int, rounds: int) -> Iterator[Figure]:
    page = place / "page" / "index.html"
    page.parent.mkdir()
    words = ["acne04", "report", "--output", str(page), "--thumbnail-files", str(files)]
    spent = spend([*words, f"--threads={CORES}"], folder=place, environment=own_environment(place))
    what = f"page of {images:,} images"
    beside = sum(file.stat().st_size for file in page.parent.rglob("*") if file.is_file())
    size = page.stat().st_size / 1e6
    in_files = f"{beside / 1e6 - size:.1f} MB of thumbnails in {files} files beside it"
    yield Figure(f"{what}, made", spent.cpu, "s CPU", None, f"{spent.wall:.1f} s on two cores")
    yield Figure(f"{what}, its size", size, "MB", MEGABYTES_LIMIT, in_files if files else "")
    opened, pictures = min(_open(page) for _ in range(rounds))
    shown = f"{pictures:.2f} s until the gallery's first pictures are shown"
    yield Figure(f"{what}, opened in Chromium", opened, "s wall", SECONDS_LIMIT, shown)


def _open(page: Path) -> tuple[float, float]:
    """Give the seconds until the page is loaded, and until the gallery's first screen shows."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(word)
    with webdriver.Chrome(options=options) as browser:
        browser.set_script_timeout(120)
        browser.get(page.as_uri())
        loaded, shown = browser.execute_async_script(_FIRST_PICTURES)
    return loaded / 1000, shown / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkout", type=Path, metavar="CHECKOUT", help="of a finished run")
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many openings")
    arguments = parser.parse_args()
    use_two_cores()
    print(machine(), as_table(measure(arguments.checkout.resolve(), arguments.rounds)), sep="\n\n")


if __name__ == "__main__":
    main()
