"""What mkdocs does beside its own work: pages that lie elsewhere, links that leave the site.

The first page is README.md, and CONTRIBUTING.md and CHANGELOG.md are pages, too: each text is in
one place. A link to a file that is no page (a schema, a program) is shown as the name of that file.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
#: File at the top of the project -> its page.
OUTSIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changes.md",
}
DECISIONS = "decisions/index.md"
#: A link or a picture: its mark, its words, where it leads.
_LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:|#)([^)#\s]*)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that lie elsewhere, and the list of decisions."""
    for name, page in OUTSIDE.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=text))
    files.append(File.generated(config, DECISIONS, content=_decisions()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let each link lead to a page, or show the name of the file."""
    own = next((name for name, at in OUTSIDE.items() if at == page.file.src_uri), "")
    place = posixpath.dirname(own or f"docs/{page.file.src_uri}")

    def mended(match: re.Match[str]) -> str:
        mark, words, target, anchor = match.groups()
        if not target:
            return match[0]
        path = posixpath.normpath(posixpath.join(place, target))
        uri = OUTSIDE.get(path) or path.removeprefix("docs/")
        if path == "docs/decisions":
            uri = DECISIONS
        if files.get_file_from_path(uri) is None or uri.endswith(".py"):
            return words if words.startswith("`") else f"{words} (`{path}`)"
        start = posixpath.dirname(page.file.src_uri) or "."
        return f"{mark}[{words}]({posixpath.relpath(uri, start)}{anchor or ''})"

    return _LINK.sub(mended, markdown)


def _decisions() -> str:
    lines = ["# Design decisions\n", "Why things are as they are, ten lines each.\n"]
    for file in sorted((ROOT / "docs/decisions").glob("[0-9]*.md")):
        title = file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        lines.append(f"- [{title}]({file.name})")
    return "\n".join([*lines, ""])
