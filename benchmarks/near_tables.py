"""Put tallies into tables for a reader: recall by transform, precision, parents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from near_judge import PARENTS_RIGHT, PARENTS_WRONG, PRECISION, RECALL, Tally, interval


def recall_table(tally: Tally) -> str:
    """One row a kind: those with a limit first."""
    head = (
        "| transform | pairs | found | in review | taken for a retake | missed | recall | 95 % "
        "| in one group | limit | met |\n|---|--:|--:|--:|--:|--:|--:|---|--:|--:|---|\n"
    )
    return head + "".join(_recall_row(kind, tally) for kind in kinds(tally))


def kinds(tally: Tally) -> list[str]:
    """Kinds planted, in the order of the limits; then the others by name."""
    return [k for k in RECALL if k in tally.planted] + sorted(tally.planted.keys() - RECALL.keys())


def _recall_row(kind: str, tally: Tally) -> str:
    of, found = tally.planted[kind], tally.found[kind]
    review, retaken = tally.review[kind], tally.retaken[kind]
    least = RECALL.get(kind)
    limit = "" if least is None else f"≥ {least:.2f}"
    return (
        f"| {kind} | {of} | {found} | {review} | {retaken} | {of - found - review - retaken} "
        f"| {share(found, of)} | {_ends(found, of)} | {tally.joined[kind]} | {limit} "
        f"| {met(found, of, least)} |\n"
    )


def retake_rate(tally: Tally) -> str:
    """Say first what matters most: how often a retake is taken for one photograph."""
    taken_in, of = tally.retakes
    if not of:
        return ""
    fulfilled = "met" if taken_in == 0 else "**not met**"
    return (
        f"**Retakes taken for one photograph: {taken_in} of {of}**, {share(taken_in, of)} "
        f"(95 %: {_ends(taken_in, of)}). Promised: none at all; {fulfilled}.\n"
    )


def lookalikes_table(tally: Tally) -> str:
    """What is said of images that are nearly one photograph and are not."""
    head = (
        "| lookalike | pairs | taken for one | in review | taken for a retake | told apart "
        "| taken for one, 95 % |\n|---|--:|--:|--:|--:|--:|---|\n"
    )
    rows = []
    for kind, of in sorted(tally.lookalikes.items()):
        taken_in, doubted = tally.taken_in[kind], tally.doubted[kind]
        retakes = tally.told_apart[kind]
        rows.append(
            f"| {kind} | {of} | {taken_in} | {doubted} | {retakes} "
            f"| {of - taken_in - doubted - retakes} | {_ends(taken_in, of)} |\n"
        )
    return head + "".join(rows)


def totals_table(tally: Tally) -> str:
    """Precision over all pairs, and the parents."""
    said = tally.right + tally.wrong
    rows = [_total("pairs that are right", tally.right, said, PRECISION)]
    if tally.parents:
        of = sum(tally.parents.values())
        right = tally.parents["right"] + tally.parents["copy"]
        rows += [
            _total("parents right", right, of, PARENTS_RIGHT),
            _total("· of these, another copy of the same photograph", tally.parents["copy"], of),
            _total("parents wrong", tally.parents["wrong"], of, most=PARENTS_WRONG),
            _total("parents in review", tally.parents["review"], of),
            _total("parents unknown", tally.parents["unknown"], of),
        ]
    head = "| what | number | of | share | 95 % | limit | met |\n|---|--:|--:|--:|---|--:|---|\n"
    return head + "".join(rows)


def _total(
    what: str, number: int, of: int, least: float | None = None, most: float | None = None
) -> str:
    limit = f"≥ {least:g}" if least is not None else f"≤ {most:g}" if most is not None else ""
    fulfilled = met(number, of, least)
    if most is not None:
        fulfilled = "yes" if number <= Fraction(str(most)) * of else "**no**"
    ends = _ends(number, of) if limit else ""
    return f"| {what} | {number} | {of} | {share(number, of)} | {ends} | {limit} | {fulfilled} |\n"


def peers_table(tallies: Mapping[str, Tally | str]) -> str:
    """Recall by transform, precision and largest group of each method; a text says why not."""
    ran = {name: tally for name, tally in tallies.items() if isinstance(tally, Tally)}
    missing = [f"- {name}: {tally}\n" for name, tally in tallies.items() if name not in ran]
    head = f"| | pairs | {' | '.join(ran)} |\n|---|--:|{'--:|' * len(ran)}\n"
    first = next(iter(ran.values()))
    rows = [
        _peers_row(f"{kind}, recall", [share(t.found[kind], t.planted[kind]) for t in ran.values()],
                   str(first.planted[kind]))
        for kind in kinds(first)
    ]  # fmt: skip
    rows += [
        _peers_row("**pairs that are right**",
                   [share(t.right, t.right + t.wrong) for t in ran.values()]),
        _peers_row("wrong pairs", [f"{t.wrong:,}" for t in ran.values()]),
        *_lookalikes(list(ran.values())),
        _peers_row("largest group, % of all images",
                   [f"{100 * t.largest / t.contents:.1f}" for t in ran.values()]),
    ]  # fmt: skip
    return head + "".join(rows) + ("\n" + "".join(missing) if missing else "")


def _lookalikes(tallies: Sequence[Tally]) -> list[str]:
    return [
        _peers_row(
            f"lookalikes wrongly linked: {kind}", [str(t.taken_in[kind]) for t in tallies], str(of)
        )
        for kind, of in sorted(tallies[0].lookalikes.items())
    ]


def _peers_row(what: str, values: Iterable[str], of: str = "") -> str:
    return f"| {what} | {of} | {' | '.join(values)} |\n"


def share(number: int, of: int) -> str:
    """Three digits; never rounded up to all.

    >>> share(9999, 10000), share(1, 1), share(0, 0)
    ('0.999', '1', '–')
    """
    if of == 0:
        return "–"
    return "1" if number == of else f"{number * 1000 // of / 1000:.3f}"


def _ends(number: int, of: int) -> str:
    low, high = interval(number, of)
    return f"{low:.3f}–{high:.3f}"


def met(number: int, of: int, least: float | None) -> str:
    """``yes`` or ``**no**``; empty where nothing is promised."""
    if least is None:
        return ""
    return "yes" if of and number >= Fraction(str(least)) * of else "**no**"
