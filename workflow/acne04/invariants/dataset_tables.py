"""The tables of one dataset, each read once, with what is joined of them for several checks."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from acne04.core.documents import follows
from acne04.core.errors import SchemaError
from acne04.core.schemas import load_schema
from acne04.core.variants import GROUPED, VARIANTS, base_of, with_repeats
from acne04.invariants.dataset import (
    ANNOTATED,
    CERTIFICATES,
    CLEAN,
    FOLDS,
    GROUPS,
    INVENTORY,
    LATER,
    MATCHED,
    NOUNS,
    RELATIONS,
    Dataset,
    manifest_of,
    metrics_of,
)
from acne04.invariants.image_facts import image_facts
from acne04.relations.kinship import Kinship
from acne04.relations.persons import with_persons


class Tables:
    """What several checks look at.

    Parameters
    ----------
    dataset : Dataset
        Where it lies.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._manifests: dict[str, pd.DataFrame] = {}

    @cached_property
    def inventory(self) -> pd.DataFrame:
        """Table ``inventory``."""
        return self.dataset.table_of(INVENTORY, "inventory")

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Table ``groups``."""
        return self.dataset.table_of(GROUPS, "groups")

    @cached_property
    def folds(self) -> pd.DataFrame:
        """Table ``folds``: the label lines."""
        return self.dataset.table_of(FOLDS, "folds")

    @cached_property
    def annotated(self) -> pd.DataFrame:
        """Table ``annotated``: images of Acne04-v2."""
        return self.dataset.table_of(ANNOTATED, "annotated")

    @cached_property
    def relations(self) -> pd.DataFrame:
        """Table ``relations``."""
        return self.dataset.table_of(RELATIONS, "relations")

    @cached_property
    def images(self) -> pd.DataFrame:
        """What is known of each image, as of `image_facts`."""
        return image_facts(self.inventory, self.groups, self.annotated)

    @cached_property
    def nouns(self) -> tuple[str, ...]:
        """The folders with findings and metrics that there are to be, as with `variants`."""
        there = self.dataset.ledger.files
        return tuple(n for n in NOUNS if n not in LATER or metrics_of(n) in there)

    def manifest(self, variant: str) -> pd.DataFrame:
        """Give table ``splits`` of a variant."""
        if variant not in self._manifests:
            self._manifests[variant] = self.dataset.table_of(manifest_of(variant), "splits")
        return self._manifests[variant]

    @cached_property
    def certificates(self) -> dict[str, Any]:
        """Certificates by variant."""
        document = self.dataset.document_of(CERTIFICATES, "certificates.schema.json")
        found: dict[str, Any] = document["variants"]
        return found

    @cached_property
    def precision(self) -> dict[str, Any]:
        """What the certificates say of the precision of each part, and assume for it."""
        document = self.dataset.document_of(CERTIFICATES, "certificates.schema.json")
        found: dict[str, Any] = document["precision"]
        return found

    @cached_property
    def kinship(self) -> Kinship:
        """How the images are related by the tables: relations, and persons that groups name."""
        return Kinship(self.groups["image_id"], self.table_relations)

    @cached_property
    def table_relations(self) -> pd.DataFrame:
        """Columns kind, a, b: the relations, and the persons that the column of groups says."""
        return with_persons(self.relations, self.groups)

    @cached_property
    def all_relations(self) -> pd.DataFrame:
        """The same, and what equal hashes and the delivered files say; by image_id."""
        # For who could alter the table of relations alone.
        same = self.images.rename_axis("image_id").reset_index()
        same = same[same["decodable"]]
        first = same.groupby("sha256")["image_id"].transform("first")
        copies = same[same["image_id"] != first]
        found = [
            self.table_relations,
            pd.DataFrame({"kind": "exact", "a": copies["image_id"], "b": first[copies.index]}),
        ]
        delivered = self.dataset.delivered
        if delivered is not None:
            image_of = dict(zip(self.groups["path"], self.groups["image_id"], strict=True))
            ends = {
                side: [image_of.get(path, path) for path in delivered.relations[side]]
                for side in "ab"
            }
            found.append(delivered.relations.assign(**ends))
        return pd.concat(found, ignore_index=True).drop_duplicates(["kind", "a", "b"])

    @cached_property
    def all_kinship(self) -> Kinship:
        """How the images are related by everything that is known."""
        return Kinship(self.groups["image_id"], self.all_relations)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Section ``split`` of the parameters that the run recorded."""
        section: Any = self.dataset.ledger.parameters.get("split")
        schema = load_schema("params.schema.json")["properties"]["split"]
        if not follows(section, schema):
            raise SchemaError(
                self.dataset.file_of("data/ledger/ledger.json"),
                "no parameters of the split",
                expected="a section split as params.schema.json has it",
            )
        found: dict[str, Any] = section
        return found

    @property
    def parts(self) -> dict[str, int]:
        """Parts of ``holdout`` that the parameters ask for, with their shares."""
        return dict(zip(("train", "val", "test"), map(int, self.parameters["ratios"]), strict=True))

    @property
    def fold_count(self) -> int:
        """Folds of ``kfold`` that the parameters ask for."""
        return int(self.parameters["folds"])

    @cached_property
    def variants(self) -> tuple[str, ...]:
        """All variants that there are to be, with repeats; not what an earlier release had not."""
        there = self.dataset.ledger.files
        variants = tuple(v for v in VARIANTS if v != MATCHED or manifest_of(v) in there)
        return with_repeats(variants, int(self.parameters["repeats"]))

    @property
    def grouped(self) -> tuple[str, ...]:
        """Those of them that place whole groups, with a certificate."""
        return tuple(variant for variant in self.variants if base_of(variant) in GROUPED)

    @property
    def clean(self) -> tuple[str, ...]:
        """Those of them that promise that no two related images lie in two parts."""
        return tuple(variant for variant in self.variants if base_of(variant) in CLEAN)

    @property
    def is_grown(self) -> bool:
        """Whether an earlier release has given images their places."""
        return bool(self.parameters["previous"])


@lru_cache(maxsize=2)
def tables_of(dataset: Dataset) -> Tables:
    """Give the tables of a dataset; the same ones to every check that asks."""
    return Tables(dataset)
