"""What the bridge has to know of a project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Rule, wildcards and parameters of a job -> further entries of ``params`` of its DVC stage.
ParameterMap = Callable[[str, Mapping[str, str], Mapping[str, Any]], list[Any]]


@dataclass(frozen=True)
class Settings:
    """A project that both tools work in.

    Attributes
    ----------
    roots : tuple of str
        Folders of the artifacts: a rule whose outputs all lie below them is a stage of DVC.
    targets : tuple of str
        Rules or files whose jobs become the stages of ``dvc.yaml``.
    outside : tuple of str
        Beginnings of inputs that DVC does not track: what is downloaded or drawn on demand.
    parameters : callable, optional
        What a stage of DVC depends on besides the sections of ``params.yaml`` that its rule takes
        as parameters of the same name: gets rule, wildcards and parameters of a job, gives entries
        as DVC writes them (a name, or ``{file: [keys]}``).
    metrics : tuple of str
        File names of outputs that are tables of figures for `dvc metrics`.
    plots : tuple of mappings
        The section ``plots`` of ``dvc.yaml``, as DVC wants it: each the name of a plot and its
        properties, of tables that are artifacts.
    templates : mapping of str to str
        Text in a dependency -> the name of the parameter that it is the value of
        (``{"upstreams/real/": "upstreams/${dataset}/"}``).
    folders : mapping of str to str
        Folder below a root -> the table (CSV with columns ``path`` and ``sha256``) that stands for
        it as the output of a rule with the parameter ``folder``. A rule that reads the folder
        takes ``<state>/present/<reader>/<folder's name>`` as an input, too: the bridge keeps that
        marker while the folder is whole; a rule of the project makes it by bringing the folder
        back.
    packages : mapping of str to str
        Python package that makes artifacts -> the folder of the checkout that it must be from.
    namespace : str
        Name of the parameter that says which of several data sets the checkout holds; empty where
        there is but one.
    namespace_of : callable, optional
        Gives the namespace that an artifact says it is of, or None.
    after_failure : callable, optional
        Gives the lines to show where a run has stopped, before its reasons; called with what the
        jobs said that failed.
    summary : callable, optional
        Gets the names of the rules that ran and how wide a line may be, and gives the lines to
        print after a run that succeeded; longer ones are folded. A label and two spaces begin a
        line whose rest hangs below them.
    state : pathlib.Path
        Folder for the bridge's own notes; git must ignore it.
    """

    roots: tuple[str, ...] = ("data",)
    targets: tuple[str, ...] = ("all",)
    outside: tuple[str, ...] = ()
    parameters: ParameterMap | None = None
    metrics: tuple[str, ...] = ("metrics.json",)
    plots: tuple[Mapping[str, Any], ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    namespace: str = ""
    namespace_of: Callable[[Path], str | None] | None = None
    summary: Callable[[frozenset[str], int], Iterable[str]] | None = None
    after_failure: Callable[[Sequence[str]], Iterable[str]] | None = None
    state: Path = Path(".snakemake_dvc")

    def tracks(self, path: str) -> bool:
        """Tell whether a path lies below one of the roots."""
        return any(path.startswith(f"{root}/") for root in self.roots)

    def is_outside(self, path: str) -> bool:
        """Tell whether DVC is to know nothing of a path."""
        return path.startswith((f"{self.state}/", *self.outside))
