"""The code of a verb: every module it can import, every schema that these name.

A ``shell`` rule does not notice that the Python behind its command changed, so the files are
inputs of the rule and dependencies of the DVC stage. They are found by reading the imports, which
leaves no list to keep in step; a test compares them with what a run really opens.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

PACKAGE = Path("workflow/acne04")
SCHEMAS = Path("schemas")


def code_files(*verbs: str) -> list[str]:
    """List the files that decide what a verb does.

    Parameters
    ----------
    *verbs : str
        Names of modules of the package.

    Returns
    -------
    list of str
        Paths relative to the project's root, sorted: modules, then the schemas named in them.
    """
    modules: set[Path] = set()
    schemas: set[Path] = set()
    for verb in verbs:
        own = _reachable(verb)
        modules |= own
        if PACKAGE / "schemas.py" in own:
            schemas |= {schema for module in own for schema in _schemas(module)}
    return sorted(map(str, modules)) + sorted(map(str, schemas))


def _reachable(verb: str) -> set[Path]:
    modules: set[Path] = set()
    waiting = _files_of(("acne04", verb))
    while waiting:
        module = waiting.pop()
        if module not in modules:
            modules.add(module)
            waiting.extend(_imports(module))
    return modules


def _files_of(name: tuple[str, ...]) -> list[Path]:
    """Files that importing a dotted name runs: the module and the packages around it."""
    files = []
    for depth in range(1, len(name) + 1):
        place = PACKAGE.joinpath(*name[1:depth])
        candidates = (place.with_suffix(".py"), place / "__init__.py")
        files += [path for path in candidates if path.is_file()]
    return files


def _imports(module: Path) -> list[Path]:
    names = _imported(module.read_text(encoding="utf-8"))
    return [file for name in names for file in _files_of(tuple(name.split(".")))]


def _schemas(module: Path) -> list[Path]:
    """Schemas that a module names in a string, keys of mappings aside."""
    words = _words(module.read_text(encoding="utf-8"))
    candidates = [SCHEMAS / f"{word}{end}" for word in words for end in ("", ".table.json")]
    return [path for path in candidates if path.is_file()]


# By its text and not by its path: another checkout has other modules of the same names.
@cache
def _nodes(text: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(text)))


@cache
def _imported(text: str) -> tuple[str, ...]:
    names = []
    for node in _nodes(text):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(name for name in names if name.split(".")[0] == "acne04")


@cache
def _words(text: str) -> tuple[str, ...]:
    nodes = _nodes(text)
    keys = {id(key) for node in nodes for key in _keys(node)}
    words = {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in keys
    }
    return tuple(word for word in words if re.fullmatch(r"[\w.]{1,40}", word))


def _keys(node: ast.AST) -> list[ast.expr]:
    """Expressions by which a node looks something up, or under which it keeps something."""
    if isinstance(node, ast.Subscript):
        return [node.slice]
    if isinstance(node, ast.Dict):
        return [key for key in node.keys if key is not None]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.args[:1] if node.func.attr == "get" else []
    return []
