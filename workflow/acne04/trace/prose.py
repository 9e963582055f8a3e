"""What a trace found, in words for a person, in the order in which it came to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: Headings, and what there is to say under each.
Passages = Iterator[tuple[str, list[str]]]
#: Entries of a kind that a person is shown; `--json` has all.
_SHOWN = 5
_DATASETS = {
    "standin": "standin: a drawing, not a photograph",
    "acne04": "acne04: the real images; they may go to a private store only",
}
#: The longest heading, and two spaces.
WIDTH = 11


def lines(document: dict[str, Any]) -> Iterator[str]:
    """Give the document of ``schemas/trace.schema.json`` as lines, the dataset in the first.

    A heading takes the first `WIDTH` characters of its line; other lines begin with blanks.
    """
    yield _labelled("Dataset", _DATASETS[document["dataset"]])
    if document["altered"]:
        yield _labelled("Warning", "altered since the ledger was written, so do not rely on it:")
        yield from (_labelled("", path) for path in document["altered"])
        yield _labelled("", "`acne04 audit` says more")
    found = document["traces"]
    for number, trace in enumerate(found, start=1):
        yield ""
        if len(found) > 1:
            asked = f"things that {document['asked']} names"
            yield _labelled(f"{number} of {len(found)}", asked)
        for heading, passage in _PASSAGES[trace["kind"]](trace):
            for position, line in enumerate(passage):
                yield _labelled("" if position else heading, line)


def _labelled(heading: str, text: str) -> str:
    return f"{heading:<{WIDTH}}{text}"


def _image_passages(trace: dict[str, Any]) -> Passages:
    """Say what is known of an image."""
    facts = trace["facts"]
    grade = "no grade" if facts["grade"] is None else f"grade {facts['grade']}"
    yield "Image", [f"{trace['image_id']}, {facts['origin']}, {grade}"]
    yield from _origin_passages(trace)
    yield "Scanned", list(_of_facts(facts, trace["annotated"]))
    yield "Findings", _of_findings(trace["findings"])
    yield (
        "Relations",
        list(_of_relations(trace["relations"])) or ["none: related to no other image"],
    )
    group = _of_group(trace["group"], trace["image_id"]) if trace["group"] else ()
    yield "Group", list(group) or ["none: not in groups.csv"]
    yield "Decisions", _of_decisions(trace["decisions"])
    yield "Places", list(_of_places(trace["places"])) or ["in no manifest"]


def _circle_passages(trace: dict[str, Any]) -> Passages:
    """Say what is known of a circle."""
    image = trace["image"]
    on = f"on {image['file_name']}" if image else "on no image of the file"
    yield "Circle", [f"{trace['pointer']}, {on}: {trace['state']}"]
    yield from _origin_passages(trace)
    yield "Record", [_flat(trace["record"])]
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
        yield "Kept", [f"in data/annotations/lesions.csv: {where}{how}", *_in_photograph(kept)]
    else:
        yield "Kept", ["neither in lesions.csv nor in quarantine.json: run the workflow"]
    yield "Findings", _of_findings(trace["findings"])
    yield "Decisions", _of_decisions(trace["decisions"])


def _in_photograph(kept: dict[str, Any]) -> Iterator[str]:
    """Give its place in the photograph, where that was resized or is turned."""
    x, y, wide, high = (kept[f"photo_{name}"] for name in ("x", "y", "radius_x", "radius_y"))
    if (x, y, wide, high) != (kept["x"], kept["y"], kept["radius"], kept["radius"]):
        yield f"in the photograph: centre {x:g}, {y:g}, half axes {wide:g} and {high:g} px"


def _member_passages(trace: dict[str, Any]) -> Passages:
    """Say what is known of a file of a source that is no image."""
    yield "File", [trace["file"]["path"]]
    yield from _origin_passages(trace)
    yield "Findings", _of_findings(trace["findings"])


def _artifact_passages(trace: dict[str, Any]) -> Passages:
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
        yield heading, list(_of_stage(stage))
    for source in trace["sources"]:
        yield "Source", list(_of_source(source))
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
        yield "Findings", _of_findings(trace["findings"])
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
    yield "Licence", [_of_licence(source["licence"])]
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


_PASSAGES = {
    "image": _image_passages,
    "circle": _circle_passages,
    "artifact": _artifact_passages,
    "file": _member_passages,
}


def _of_licence(licence: dict[str, str]) -> str:
    """Give the terms and whether they allow to pass the bytes on."""
    allowed = licence["redistributable"]
    return f"{licence['name']} ({licence['stated_at']}); may be passed on: {allowed}"


def _of_facts(facts: dict[str, Any], annotated: dict[str, Any] | None) -> Iterator[str]:
    """Tell what a scan saw, and how many lesions each annotator."""
    camera = " ".join(filter(None, (facts["exif_make"], facts["exif_model"])))
    parts = [
        f"{facts['width']} x {facts['height']} px{_turned(facts['orientation'])}, {facts['mode']}"
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
        yield from _of_circles(annotated)


def _turned(orientation: int | None) -> str:
    """Say that the picture is stored in another way than it is looked at."""
    return f" upright (EXIF orientation {orientation})" if orientation not in (None, 1) else ""


def _of_circles(annotated: dict[str, Any]) -> Iterator[str]:
    """Tell how many circles it has, and how many are in quarantine, with its record or alone."""
    yield (
        f"circles in Acne04-v2: {annotated['circles']}, of them repaired: "
        f"{annotated['repaired']}; in quarantine: {annotated['quarantined']} more"
    )
    if annotated["moved"]:
        yield (
            f"in the photograph {annotated['moved']} of them lie elsewhere than the file says: "
            "it was resized, or is turned"
        )
    if annotated["quarantined_by"]:
        yield f"its record in Acne04-v2 is in quarantine: {', '.join(annotated['quarantined_by'])}"


def _of_findings(findings: list[dict[str, Any]]) -> list[str]:
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


def _of_relations(relations: list[dict[str, Any]]) -> Iterator[str]:
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


def _of_group(group: dict[str, Any], image_id: str) -> Iterator[str]:
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
        parts.append(f"{group['canonical']} stands for it, being the same photograph")
    if parts:
        yield ", ".join(parts)
    if group["weakest_link"]:
        yield f"weakest link {group['weakest_link']}"


def _of_decisions(decisions: list[dict[str, Any]]) -> list[str]:
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


def _of_places(places: list[dict[str, Any]]) -> Iterator[str]:
    """Say where each manifest has an image, or why it leaves it out."""
    width = max((len(place["manifest"]) for place in places), default=0)
    for place in places:
        fold = "" if place["fold"] is None else f"fold {place['fold']}  "
        where = place["part"] if not place["excluded"] else f"left out: {place['excluded']}"
        validates = " and ".join(map(str, place["validates"]))
        also = f", validates fold {validates}" if validates else ""
        weight = f", weight {place['weight']:g}" if place["weight"] not in (None, 1) else ""
        mark = f", {place['mark']}" if place["mark"] else ""
        yield f"{place['manifest']:<{width}}  {fold}{where}{also}{weight}{mark}"


def _of_stage(stage: dict[str, Any]) -> Iterator[str]:
    """Say what a stage read, with the first digits of the hashes, and its parameters."""
    yield f"{stage['name']}: {stage['command']}; {len(stage['code'])} files of code"
    yield from _from(stage["inputs"])
    named = stage["parameters"].items()
    own = {k: v for k, v in named if k != "dataset" and not k.startswith("workflow/")}
    if own:
        yield "  with " + ", ".join(f"{name} {_flat(value)}" for name, value in own.items())


def _from(inputs: dict[str, str]) -> Iterator[str]:
    if inputs:
        yield "  from " + ", ".join(f"{path} ({sha256[:8]})" for path, sha256 in inputs.items())


def _of_source(source: dict[str, Any]) -> Iterator[str]:
    """Say what a source is, under which terms, and where its pins are."""
    what = f"{source['key']}: {source['title']}, version {source['version']}"
    yield f"{what}, {source['files']:,} files"
    yield f"  licence {_of_licence(source['licence'])}"
    yield f"  {source['pinned']:,} pinned in {source['pins']} (sha256 {source['pins_sha256'][:8]})"


def _flat(value: Any) -> str:
    """Give a value of JSON on one line.

    >>> _flat({"seed": 0, "ratios": [65, 15, 20]})
    '{seed: 0, ratios: [65, 15, 20]}'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flat(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flat, value)) + "]"
    return str(value)
