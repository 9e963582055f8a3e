"""The format ``parquet``: images and typed columns in Parquet files, as Hugging Face has them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acne04.export.hugging_face import ROWS_OF_GROUP, schema, split_name
from acne04.export.planned import ExportedImage, PlannedFile, Reader, Selection, Shard
from acne04.export.records import record
from acne04.export.shards import shards_of


def files(selection: Selection) -> Iterator[PlannedFile]:
    """Give the shards of each part, named as ``datasets`` names its own."""
    about = schema("image").metadata[b"huggingface"]
    for part in selection.parts:
        shards = shards_of(part.images, selection.shard_bytes)
        for number, images in enumerate(shards):
            records = [record(image) for image in images]
            text = json.dumps([[image.name for image in images], records]).encode()
            yield Shard(
                f"data/{split_name(part.folder)}-{number:05}-of-{len(shards):05}.parquet",
                hashlib.sha256(about + text).hexdigest(),
                images,
                _Writer(images, records),
            )


def place(image: ExportedImage, selection: Selection) -> str:
    """Give the name by which a row calls its image."""
    return image.name


class _Writer:
    """Writes one shard, a group of rows at a time."""

    def __init__(self, images: tuple[ExportedImage, ...], records: list[dict[str, Any]]) -> None:
        self._images = images
        self._records = records

    def __call__(self, target: Path, read: Reader) -> None:
        """Write it to a path."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = schema("image")
        with pq.ParquetWriter(target, columns, compression="zstd") as writer:
            for start in range(0, len(self._images), ROWS_OF_GROUP):
                rows = [
                    {"image": {"bytes": read(image), "path": image.name}, **known}
                    for image, known in zip(
                        self._images[start : start + ROWS_OF_GROUP],
                        self._records[start : start + ROWS_OF_GROUP],
                        strict=True,
                    )
                ]
                writer.write_table(pa.Table.from_pylist(rows, schema=columns))
