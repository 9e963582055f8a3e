"""Types of the columns of a data set as Hugging Face's ``datasets`` keeps them in a Parquet file.

The types of Arrow stand in the file anyway; what they do not say (that numbers are names of
grades, that bytes are an image) stands in its metadata, under the key ``huggingface``.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from acne04.core.grades import GRADE_NAMES
from acne04.samples.lesion_records import BOX_FIELDS, CIRCLE_FIELDS, INTEGER, NUMBER, TEXT

if TYPE_CHECKING:
    import pyarrow as pa

#: Images of a group of rows: what is read at once, as the Hub recommends for images.
ROWS_OF_GROUP = 100
_TRUTH = "bool"
#: Column -> type, in order; a mapping for lists of records, a tuple of names for classes.
COLUMNS: dict[str, Any] = {
    "image_id": TEXT,
    "grade": GRADE_NAMES,
    "grade_name": TEXT,
    "lesions_v1": INTEGER,
    "lesions_v2": INTEGER,
    "quarantined_v2": INTEGER,
    "conflict_counts": TEXT,
    "conflict_counts_v2": TEXT,
    "width": INTEGER,
    "height": INTEGER,
    "subject": TEXT,
    "group": TEXT,
    "weight": NUMBER,
    "origin": TEXT,
    "mark": TEXT,
    "boxes": BOX_FIELDS,
    "circles": CIRCLE_FIELDS,
    "path": TEXT,
    "sha256": TEXT,
    "size": INTEGER,
    "orientation": INTEGER,
    "turned": _TRUTH,
}


def schema(first: str) -> pa.Schema:
    """Give the schema of a file whose first column is ``image`` or ``file_name``."""
    import pyarrow as pa

    is_image = first == "image"
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    fields = [pa.field(first, image if is_image else pa.string())]
    fields += [pa.field(name, _arrow(kind)) for name, kind in COLUMNS.items()]
    features = {first: {"_type": "Image"} if is_image else _feature(TEXT)}
    features |= {name: _feature(kind) for name, kind in COLUMNS.items()}
    about = json.dumps({"info": {"features": features}})
    return pa.schema(fields, metadata={"huggingface": about})


def to_bytes(records: list[dict[str, Any]]) -> bytes:
    """Give the bytes of a Parquet file of records that name their image's file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    table = pa.Table.from_pylist(records, schema=schema("file_name"))
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def _arrow(kind: Any) -> pa.DataType:
    import pyarrow as pa

    if isinstance(kind, dict):
        return pa.list_(pa.struct([(name, _arrow(inner)) for name, inner in kind.items()]))
    plain = {TEXT: pa.string(), INTEGER: pa.int64(), NUMBER: pa.float64(), _TRUTH: pa.bool_()}
    return pa.int64() if isinstance(kind, tuple) else plain[kind]


def _feature(kind: Any) -> Any:
    if isinstance(kind, dict):
        return [{name: _feature(inner) for name, inner in kind.items()}]
    if isinstance(kind, tuple):
        return {"names": list(kind), "_type": "ClassLabel"}
    return {"dtype": kind, "_type": "Value"}


def split_name(folder: str) -> str:
    """Give the name that Hugging Face gives to a part.

    >>> split_name("val"), split_name("test")
    ('validation', 'test')
    """
    return {"val": "validation"}.get(folder, folder)
