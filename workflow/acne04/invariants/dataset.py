"""What the checks ask of a dataset: its tables and documents, by the names of the artifacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from acne04.provenance.ledger import Ledger

INVENTORY, FOLDS = "data/inventory/images.csv", "data/inventory/folds.csv"
BOXES, FEATURES = "data/inventory/boxes.csv", "data/inventory/features.csv"
SHORTCUTS, BETRAYED = "data/splits/shortcuts.csv", "data/shortcuts/betrayed.csv"
NAMES, GROUPS = "data/groups/names.csv", "data/groups/groups.csv"
RELATIONS = "data/groups/relations.csv"
ANNOTATED, LESIONS = "data/annotations/images.csv", "data/annotations/lesions.csv"
ECHOES, QUARANTINE = "data/annotations/echoes.csv", "data/annotations/quarantine.json"
VERDICTS, PARENTS = "data/near/verdicts.csv", "data/near/parents.csv"
CALIBRATION = "data/near/calibration.json"
CERTIFICATES, CHURN = "data/splits/certificates.json", "data/splits/churn.csv"
KEY_FIGURES = "data/splits/key_figures.json"
PUBLISHED_LEAKS = "data/splits/published_leaks.csv"
PAPER_LEAKS, PAPER_TABLE = "data/splits/paper_leaks.csv", "data/splits/paper_table.csv"
COHORT_TABLES = ("flow", "missingness", "mix", "sensitivity", "person_links", "agreement")
COHORT_AGREEMENT = "data/cohort/agreement.json"
#: Schema of every document of findings.
FINDINGS = "findings.schema.json"
#: Nouns whose folder has findings and metrics.
NOUNS = ("inventory", "annotations", "near", "groups", "splits", "cohort", "shortcuts")
#: Those whose findings may be folded into a table of problems.
FOLDED = ("inventory", "annotations")
#: Nouns that earlier releases have not.
LATER = ("cohort", "shortcuts")
#: The control of published-clean; releases before it have none.
MATCHED = "published-matched"
#: Variants that promise that no two related images lie in two parts; and their repeats.
CLEAN = ("holdout", "kfold", "published-clean")


def manifest_of(variant: str) -> str:
    """Name the artifact that a variant's manifest is."""
    return f"data/splits/{variant}.csv"


def cohort_of(table: str) -> str:
    """Name the artifact that a table of the cohort is; releases before it have none."""
    return f"data/cohort/{table}.csv"


def metrics_of(noun: str) -> str:
    """Name the artifact that has a noun's figures."""
    return f"data/{noun}/metrics.json"


def findings_of(noun: str) -> str:
    """Name the artifact that has a noun's findings."""
    return f"data/{noun}/findings.json"


@dataclass(frozen=True)
class Delivered:
    """What the delivered files themselves say, where they are at hand.

    Attributes
    ----------
    files : pandas.DataFrame
        Columns path (below data/raw), size, sha256: the listings of all sources.
    relations : pandas.DataFrame
        Columns kind, a, b, of paths: equal bytes by the listings, persons by the subject files,
        and what `near` found and nobody has decided otherwise.
    """

    files: pd.DataFrame
    relations: pd.DataFrame


class Dataset(Protocol):
    """A dataset somewhere: what a checkout and a release have in common."""

    @property
    def dataset(self) -> str:
        """Which upstream it is made from."""

    @property
    def ledger(self) -> Ledger:
        """What the run recorded of itself."""

    @property
    def delivered(self) -> Delivered | None:
        """What the delivered files say; None where there are none, as in a release."""

    def __hash__(self) -> int:
        """Tell it from any other: what was read of one is no other's."""

    def file_of(self, artifact: str) -> str:
        """Give the name under which a problem of an artifact is told."""

    def table_of(self, artifact: str, name: str) -> pd.DataFrame:
        """Read an artifact that is a table of a schema."""

    def document_of(self, artifact: str, schema: str = "") -> Any:
        """Read an artifact that is a JSON document, and check it against a schema, if any."""
