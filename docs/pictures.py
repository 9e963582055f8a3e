"""Photograph the page for README and docs: docs/screens/page-*.png, of the stand-in.

The page is the one that a run has made (data/report/index.html), opened in Chromium without a
screen. Pixels differ a little between versions of Chromium and between fonts.

Run: python docs/pictures.py [--page FILE] [--output FOLDER]
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).parents[1]
#: Bytes of a picture at most, and the colours of one that would have more.
MOST_BYTES, COLOURS = 300_000, 256
WIDE, PHONE = (1100, 760), (390, 760)
#: An image in which both people and machines have drawn.
_MARKED = """
const images = JSON.parse(document.getElementById("data").textContent).images;
const many = (marks, least) => marks !== null && marks.length >= least;
const isMarked = (_, i) => many(images.boxes[i], 40) && many(images.circles[i], 160);
const marked = images.id[Math.max(images.id.findIndex(isMarked), 0)];
location.hash = `image=${encodeURIComponent(marked)}`;
"""
_MARKS = """
for (const kind of ["circles", "boxes"]) {
  document.querySelector(`#image-body [name=${kind}]`).click();
}
document.activeElement.blur();
"""
_LOADED = """
const near = (image) => {
  const place = image.getBoundingClientRect();
  return place.bottom > 0 && place.top < innerHeight && place.width > 0;
};
const images = [...document.querySelectorAll("img")].filter(near);
return images.every((i) => i.complete && i.naturalWidth > 0);
"""


def _at(part: str) -> Callable[[webdriver.Chrome], None]:
    script = "document.querySelector(arguments[0]).scrollIntoView(); scrollBy(0, 8)"
    return lambda browser: browser.execute_script(script, part)


def _marked(browser: webdriver.Chrome) -> None:
    browser.execute_script(_MARKED)
    WebDriverWait(browser, 20).until(
        lambda _: browser.execute_script("return document.querySelector('#image-body .large svg')")
    )
    browser.execute_script(_MARKS)


#: Name -> size, colours of the system, what to do before.
PICTURES = {
    "page-top": (WIDE, "light", _at("body")),
    "page-balance": (WIDE, "light", _at("#balance")),
    "page-leaks": (WIDE, "light", _at("#leaks")),
    "page-findings": (WIDE, "light", _at("#each-finding")),
    "page-pairs": (WIDE, "light", _at("#pair-filters")),
    "page-questions": (WIDE, "dark", _at("#questions")),
    "page-gallery": (WIDE, "light", _at("#gallery")),
    "page-image": (WIDE, "light", _marked),
    "page-phone": (PHONE, "dark", _at("#gallery")),
}


def take(page: Path, folder: Path, names: list[str] | None = None) -> list[Path]:
    """Photograph a page, and give the files."""
    options = webdriver.ChromeOptions()
    for argument in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "hide-scrollbars"):
        options.add_argument(f"--{argument}")
    options.binary_location = shutil.which("chromium") or ""
    browser = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    try:
        for name in names or PICTURES:
            size, scheme, prepare = PICTURES[name]
            _show(browser, page, size, scheme)
            prepare(browser)
            WebDriverWait(browser, 20).until(lambda _: browser.execute_script(_LOADED))
            made.append(folder / f"{name}.png")
            with Image.open(io.BytesIO(browser.get_screenshot_as_png())) as picture:
                _save(picture.convert("RGB"), made[-1])
    finally:
        browser.quit()
    return made


def _save(picture: Image.Image, path: Path) -> None:
    """Save it with all of its colours, or with fewer where that would be too large."""
    picture.save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def _show(browser: webdriver.Chrome, page: Path, size: tuple[int, int], scheme: str) -> None:
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    width, height = size
    shape = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", shape)
    # Elsewhere first: an address that differs in its end alone is not read again.
    browser.get("about:blank")
    browser.get(page.resolve().as_uri())


def main() -> int:
    """Take all pictures of the page that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, default=ROOT / "data/report/index.html")
    parser.add_argument("--output", type=Path, default=ROOT / "docs/screens")
    arguments = parser.parse_args()
    if b'"dataset": "standin"' not in arguments.page.read_bytes()[:4096]:
        sys.exit(f"{arguments.page}: not of the stand-in; photographs of people are in no picture")
    for path in take(arguments.page, arguments.output):
        print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
