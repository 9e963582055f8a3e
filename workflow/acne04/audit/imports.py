"""What a verb imports: every module it can reach, every schema that these name.

Found by reading the code, not by running it: the audit holds it against the folders that a stage
names as its code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from acne04.core.files import read_bytes

PACKAGE = Path("workflow/acne04")
SCHEMAS = Path("schemas")


def imported_files(*verbs: str) -> list[str]:
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
    present = {path.as_posix() for path in PACKAGE.rglob("*.py")}
    names = {path.name for path in SCHEMAS.glob("*.json")}
    modules: set[str] = set()
    schemas: set[str] = set()
    for verb in verbs:
        own = _reachable(verb, present)
        modules |= own
        if f"{PACKAGE}/core/schemas.py" in own:
            schemas |= {name for module in own for name in _schemas(module, names)}
    return sorted(modules) + sorted(f"{SCHEMAS}/{name}" for name in schemas)


def _reachable(verb: str, present: set[str]) -> set[str]:
    modules: set[str] = set()
    waiting = _files_of(f"acne04.{verb}", present)
    while waiting:
        module = waiting.pop()
        # What other projects can import from the package is looked up when it is asked for.
        if module not in modules and module != f"{PACKAGE}/__init__.py":
            modules.add(module)
            for name in _imported(_text(module)):
                waiting += _files_of(name, present)
    return modules


def _files_of(name: str, present: set[str]) -> list[str]:
    """Files that importing a dotted name runs: the module and the packages around it."""
    files = []
    place = str(PACKAGE.parent)
    for step in name.split("."):
        place = f"{place}/{step}"
        files += [path for path in (f"{place}.py", f"{place}/__init__.py") if path in present]
    return files


def _schemas(module: str, names: set[str]) -> set[str]:
    """Schemas that a module names in a string, keys of mappings aside."""
    text = _text(module)
    # Most modules have no such string; ruff sees to it that a string begins with this quote.
    if not any(f'"{name.partition(".")[0]}' in text for name in names):
        return set()
    words = _words(text)
    return names & {f"{word}{end}" for word in words for end in ("", ".table.json")}


def _text(module: str) -> str:
    return read_bytes(Path(module)).decode("utf-8")


# By its text and not by its path: another checkout has other modules of the same names.
@cache
def _tree(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def _imported(text: str) -> tuple[str, ...]:
    names = []
    for statement in _statements(_tree(text)):
        if isinstance(statement, ast.Import):
            names += [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            names += [f"{statement.module}.{alias.name}" for alias in statement.names]
    return tuple(name for name in names if name.split(".")[0] == "acne04")


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk over statements only, at any depth: there are ten times as many expressions."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, block, None)
            waiting += inner if isinstance(inner, list) else []


@cache
def _words(text: str) -> tuple[str, ...]:
    nodes = list(ast.walk(_tree(text)))
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
