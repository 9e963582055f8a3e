"""The passages of a trace: a heading, and what there is to say under it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acne04.trace import phrases

Passages = Iterator[tuple[str, list[str]]]


def image_passages(trace: dict[str, Any]) -> Passages:
    """Say what is known of an image."""
    facts = trace["facts"]
    grade = "no grade" if facts["grade"] is None else f"grade {facts['grade']}"
    yield "Image", [f"{trace['image_id']}, {facts['origin']}, {grade}"]
    yield from _origin_passages(trace)
    yield "Scanned", list(phrases.of_facts(facts, trace["annotated"]))
    yield "Findings", phrases.of_findings(trace["findings"])
    yield (
        "Relations",
        list(phrases.of_relations(trace["relations"])) or ["none: related to no other image"],
    )
    group = phrases.of_group(trace["group"], trace["image_id"]) if trace["group"] else ()
    yield "Group", list(group) or ["none: not in groups.csv"]
    yield "Decisions", phrases.of_decisions(trace["decisions"])
    yield "Places", list(phrases.of_places(trace["places"])) or ["in no manifest"]


def circle_passages(trace: dict[str, Any]) -> Passages:
    """Say what is known of a circle."""
    image = trace["image"]
    on = f"on {image['file_name']}" if image else "on no image of the file"
    yield "Circle", [f"{trace['pointer']}, {on}: {trace['state']}"]
    yield from _origin_passages(trace)
    yield "Record", [phrases.flat(trace["record"])]
    if image:
        yield "Image", [image["path"] or "no real image has that name"]
    if trace["quarantined_by"]:
        yield (
            "Left out",
            [f"in data/annotations/quarantine.json: {', '.join(trace['quarantined_by'])}"],
        )
    elif trace["kept"]:
        kept = trace["kept"]
        how = f", repaired: {kept['repaired']}" if kept["repaired"] else ", as it was delivered"
        where = f"centre {kept['x']}, {kept['y']}, radius {kept['radius']} px"
        yield "Kept", [f"in data/annotations/lesions.csv: {where}{how}"]
    else:
        yield "Kept", ["neither in lesions.csv nor in quarantine.json: run the workflow"]
    yield "Findings", phrases.of_findings(trace["findings"])
    yield "Decisions", phrases.of_decisions(trace["decisions"])


def member_passages(trace: dict[str, Any]) -> Passages:
    """Say what is known of a file of a source that is no image."""
    yield "File", [trace["file"]["path"]]
    yield from _origin_passages(trace)
    yield "Findings", phrases.of_findings(trace["findings"])


def artifact_passages(trace: dict[str, Any]) -> Passages:
    """Say how an artifact was made."""
    file = trace["file"]
    yield (
        "File",
        [f"{file['path']}, {trace['size']:,} bytes, {file['state']}", f"sha256 {trace['sha256']}"],
    )
    if not trace["chain"]:
        yield "Made by", ["nobody here: it lies in git"]
    for number, stage in enumerate(trace["chain"]):
        heading = "Made by" if number == 0 else "after" if number == 1 else ""
        yield heading, list(phrases.of_stage(stage))
    for source in trace["sources"]:
        yield "Source", list(phrases.of_source(source))
    if trace["chain"]:
        environment = trace["environment"]
        packages = environment["packages"].items()
        yield (
            "With",
            [
                ", ".join(f"{name} {version}" for name, version in packages),
                f"{environment['decoder']}; {environment['solver']}",
            ],
        )
        yield "Findings", phrases.of_findings(trace["findings"])
    yield "Read by", [", ".join(trace["read_by"]) or "no stage but the ledger"]


def _origin_passages(trace: dict[str, Any]) -> Passages:
    source, pinned, listed, file = (trace[key] for key in ("source", "pinned", "listed", "file"))
    yield (
        "Source",
        [
            f"{source['title']} ({source['key']}, version {source['version']})",
            f"by {source['producer']}; described at {source['described_at']}",
        ],
    )
    yield "Licence", [phrases.of_licence(source["licence"])]
    if pinned:
        yield (
            "Delivered",
            [
                f"{pinned['path']}, {pinned['size']:,} bytes, pinned in {pinned['pins']}",
                f"sha256 {pinned['sha256']}",
            ],
        )
    else:
        yield "Delivered", ["no pin of this version holds it"]
    unpacked = "member " if pinned and pinned["member"] else ""
    yield (
        "Listed",
        [
            f"{unpacked}{listed['path']}, {listed['size']:,} bytes, in {listed['listing']}",
            f"sha256 {listed['sha256']}",
        ],
    )
    yield "On disk", [f"{file['path']}: {file['state']}"]
