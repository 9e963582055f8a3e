"""Words about the dataset that more than one document of a release says alike."""

from __future__ import annotations

from acne04.core.sources import Licence
from acne04.standards.facts import Facts

#: Terms of what this project itself makes: manifests, tables and documents.
OWN_LICENCE = "https://spdx.org/licenses/MIT"
MAINTAINERS = "The acne04 maintainers"


def name(facts: Facts) -> str:
    """Name the release's dataset.

    The stand-in says in its name that it is one.
    """
    return "ACNE04 family, stand-in" if facts.standin else "ACNE04 family"


def description(facts: Facts) -> str:
    """Say in a paragraph what the dataset is."""
    images, circles = facts.metrics["inventory"]["images"], facts.metrics["annotations"]
    text = (
        f"{images['real']:,} photographs of half faces with acne in four severity grades, "
        f"{images['synthetic']:,} synthetic edits of them, {circles['annotations']:,} lesion "
        "circles, and balanced split manifests in which no photograph, copy, near-duplicate, "
        "person or parent of a synthetic image is on both sides. The images are not in the "
        "release: it names each by SHA-256."
    )
    if facts.standin:
        return (
            "A STAND-IN, no photographs: drawings with the names, counts and known defects of the "
            f"real ACNE04, ACNEDIT and Acne04-v2, drawn by this project. It stands in for {text}"
        )
    return text


def address(facts: Facts) -> str:
    """Give the address of the dataset, or a name in its place where the project has none."""
    return facts.repository or f"urn:acne04:{facts.dataset}:{facts.version}"


def licence_address(licence: Licence) -> str:
    """Give the address where terms are stated; for a file of this project, the licence's own."""
    if "://" in licence.stated_at:
        return licence.stated_at
    return f"https://spdx.org/licenses/{licence.name.replace(' ', '-')}"


def redistribution(licence: Licence) -> str:
    """Say whether the bytes of a source may be passed on."""
    return {
        "yes": "May be passed on.",
        "no": "May not be passed on.",
        "unknown": "Nobody says whether it may be passed on: do not.",
    }[licence.redistributable]
