"""Say loudly, on every file, that bytes other than the real ones are taken for them."""

from __future__ import annotations

from acne04.core.printing import loud
from acne04.core.sources import Source
from acne04.fetch.pins import Delivered, Expectation


def warn_set_aside(source: Source, delivered: list[Delivered], statement: Expectation) -> None:
    """Warn on stderr: each file that contradicts ``sources.yaml``, and the delivery as a whole."""
    name = f"{source.dataset}/{source.key}"
    lines = [
        f"WARNING: pins set aside: {difference.path} is not the {name} of {statement.origin}\n"
        f"  expected: {difference.expected}\n"
        f"  found:    {difference.found}"
        for difference in statement.differences(delivered)
    ]
    lines += [
        f"WARNING: pins set aside: {file.path} is taken for {name} as it is"
        for file in source.delivery.files
        if file.path not in statement.files
    ]
    loud(*lines)
