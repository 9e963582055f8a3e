"""Share images out among files of bounded size."""

from __future__ import annotations

from collections.abc import Sequence

from acne04.export.planned import ExportedImage


def shards_of(images: Sequence[ExportedImage], shard_bytes: int) -> list[tuple[ExportedImage, ...]]:
    """Share images out in their order.

    Parameters
    ----------
    images : sequence of ExportedImage
        Of one part.
    shard_bytes : int
        So many bytes of images a shard at most, but for an image that alone has more.

    Returns
    -------
    list of tuple of ExportedImage
        Never empty ones; none where there is no image.
    """
    shards: list[list[ExportedImage]] = []
    room = 0
    for image in images:
        size = int(image.row["size"])
        if not shards or size > room:
            shards.append([])
            room = shard_bytes
        shards[-1].append(image)
        room -= size
    return [tuple(shard) for shard in shards]
