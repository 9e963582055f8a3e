"""One kind of thing that a trace found, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: Entries of a kind that a person is shown; `--json` has all.
_SHOWN = 5


def of_licence(licence: dict[str, str]) -> str:
    """Give the terms and whether they allow to pass the bytes on."""
    allowed = licence["redistributable"]
    return f"{licence['name']} ({licence['stated_at']}); may be passed on: {allowed}"


def of_facts(facts: dict[str, Any], annotated: dict[str, Any] | None) -> Iterator[str]:
    """Tell what a scan saw, and how many lesions each annotator."""
    camera = " ".join(filter(None, (facts["exif_make"], facts["exif_model"])))
    parts = [
        f"{facts['width']} x {facts['height']} px, {facts['mode']}"
        if facts["decodable"]
        else "it does not decode",
        f"camera {camera}" if camera else "",
        f"phash {facts['phash']}" if facts["phash"] else "",
    ]
    yield ", ".join(filter(None, parts))
    counts = [
        f"{words}: {facts[name]}"
        for name, words in (("lesions_v1", "lesions by ACNE04's label file"), ("boxes", "boxes"))
        if facts[name] is not None
    ]
    if counts:
        yield ", ".join(counts)
    if annotated:
        yield (
            f"circles in Acne04-v2: {annotated['circles']}, of them repaired: "
            f"{annotated['repaired']}; in quarantine: {annotated['quarantined']} more"
        )


def of_findings(findings: list[dict[str, Any]]) -> list[str]:
    """Give the first finding of each check in full, and how many more there are."""
    if not findings:
        return ["none"]
    by_check: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for finding in findings:
        by_check.setdefault((finding["stage"], finding["check"]), []).append(finding)
    return [line for alike in by_check.values() for line in _finding(alike[0], len(alike) - 1)]


def _finding(finding: dict[str, Any], more: int) -> Iterator[str]:
    others = f" (and {more} more)" if more else ""
    yield f"{finding['stage']}: {finding['severity']} {finding['check']}{others}"
    yield "  on " + finding["file"] + (f"#{finding['pointer']}" if finding["pointer"] else "")
    yield f"  expected {finding['expected']}"
    yield f"  found {finding['found']}"
    yield f"  done: {finding['done']}"


def of_relations(relations: list[dict[str, Any]]) -> Iterator[str]:
    """Name the relatives of an image, kind by kind."""
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for relation in relations:
        # A parent may have many children: their kind is another seen from its side.
        kind = relation["kind"]
        named = "parent of" if kind == "derived-from" and not relation["of"] else kind
        by_kind.setdefault(named, []).append(relation)
    for kind, entries in sorted(by_kind.items()):
        shown = ", ".join(_relative(relation) for relation in entries[:_SHOWN])
        yield f"{kind} {shown}{_more(len(entries))}"


def _relative(relation: dict[str, Any]) -> str:
    if relation["score"] is not None:
        return (
            f"{relation['with']} (score {relation['score']:g}, threshold {relation['threshold']:g})"
        )
    if relation["kind"] == "subject":
        return f"{relation['with']} ({relation['evidence']})"
    return str(relation["with"])


def _more(count: int) -> str:
    return f" and {count - _SHOWN} more" if count > _SHOWN else ""


def of_group(group: dict[str, Any], image_id: str) -> Iterator[str]:
    """Say which group an image is in, and what is known of it there."""
    members = ", ".join(group["members"][:_SHOWN]) + _more(len(group["members"]))
    yield f"{group['group']}, {len(group['members'])} images: {members}"
    parts = [
        f"{words} {group[name]}"
        for name, words in (
            ("subject", "subject"),
            ("parent", "parent"),
            ("parent_status", "parent"),
            ("conflict", "copies disagree on"),
            ("conflict_grades", "grades"),
            ("conflict_counts", "counts"),
            ("decided_grade", "decided grade"),
        )
        if group[name] is not None
    ]
    if group["canonical"] != image_id:
        parts.append(f"{group['canonical']} stands for it, being the same bytes")
    if parts:
        yield ", ".join(parts)
    if group["weakest_link"]:
        yield f"weakest link {group['weakest_link']}"


def of_decisions(decisions: list[dict[str, Any]]) -> list[str]:
    """Say who decided what, when and why."""
    return [
        line
        for decision in decisions
        for line in (
            f"{decision['kind']}: {decision['decision']}"
            f"{' for ' + decision['target'] if decision['target'] else ''}"
            f" ({decision['file']}, line {decision['line']})",
            f"  {decision['who']}, {decision['when']}: {decision['reason']}",
        )
    ] or ["none"]


def of_places(places: list[dict[str, Any]]) -> Iterator[str]:
    """Say where each manifest has an image, or why it leaves it out."""
    width = max((len(place["manifest"]) for place in places), default=0)
    for place in places:
        fold = "" if place["fold"] is None else f"fold {place['fold']}  "
        where = place["part"] if not place["excluded"] else f"left out: {place['excluded']}"
        weight = f", weight {place['weight']:g}" if place["weight"] not in (None, 1) else ""
        mark = f", {place['mark']}" if place["mark"] else ""
        yield f"{place['manifest']:<{width}}  {fold}{where}{weight}{mark}"


def of_stage(stage: dict[str, Any]) -> Iterator[str]:
    """Say what a stage read, with the first digits of the hashes, and its parameters."""
    yield f"{stage['name']}: {stage['command']}; {len(stage['code'])} files of code"
    yield from _from(stage["inputs"])
    named = stage["parameters"].items()
    own = {k: v for k, v in named if k != "dataset" and not k.startswith("workflow/")}
    if own:
        yield "  with " + ", ".join(f"{name} {flat(value)}" for name, value in own.items())


def _from(inputs: dict[str, str]) -> Iterator[str]:
    if inputs:
        yield "  from " + ", ".join(f"{path} ({sha256[:8]})" for path, sha256 in inputs.items())


def of_source(source: dict[str, Any]) -> Iterator[str]:
    """Say what a source is, under which terms, and where its pins are."""
    what = f"{source['key']}: {source['title']}, version {source['version']}"
    yield f"{what}, {source['files']:,} files"
    yield f"  licence {of_licence(source['licence'])}"
    yield f"  {source['pinned']:,} pinned in {source['pins']} (sha256 {source['pins_sha256'][:8]})"


def flat(value: Any) -> str:
    """Give a value of JSON on one line.

    >>> flat({"seed": 0, "ratios": [65, 15, 20]})
    '{seed: 0, ratios: [65, 15, 20]}'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {flat(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flat, value)) + "]"
    return str(value)
