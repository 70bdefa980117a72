"""Payments whose references were lost or mistyped: who could they be? Proposed, never booked."""

from collections import defaultdict
from collections.abc import Iterator

from reconciliation.engine.context import Run
from reconciliation.engine.findings import Finding
from reconciliation.engine.records import Expected, Line, Lone
from reconciliation.engine.words import euro

# A terminal and a till write the same second; without any counter only that is left.
_SECONDS = 300
_SECONDS_BY_REFERENCE = 26 * 3600


def propose_candidates(run: Run, lone: Lone) -> None:
    """Assign by the strength of what fits, then by nearness in time, then by code."""
    likely = sorted(
        (tier, seconds, item.code, line.code, item, line)
        for item, line in _same_amount(lone)
        for tier, seconds in _fit(item, line)
    )
    for tier, _, _, _, item, line in likely:
        if (item.code, line.code) in run.rejected:
            continue
        if item.id in lone.expected and line.id in lone.lines:
            run.found.append(_finding(item, line, tier))
            lone.take((item,), (line,))


def _same_amount(lone: Lone) -> Iterator[tuple[Expected, Line]]:
    """Rows of the same terminal, or both online, with the same amount: a short list."""
    lines = defaultdict(list)
    for line in lone.lines.values():
        lines[_place(line), line.cents, line.currency].append(line)
    for item in lone.expected.values():
        for line in lines.get((_place(item), item.cents, item.currency), ()):
            if item.is_charge == line.is_charge:
                yield item, line


def _place(row: Expected | Line) -> str:
    return row.terminal or "online"


def _fit(item: Expected, line: Line) -> Iterator[tuple[int, float]]:
    """The tier and the seconds apart, where the two may be one; 3: a slip, 4: only time is left."""
    seconds = abs((item.at - line.at).total_seconds())
    if item.terminal and line.terminal:
        known = [(item.trace, line.trace), (item.receipt, line.receipt)]
    else:
        known = [(item.order_ref, line.order_ref)]
        if item.psp_ref and line.psp_ref:
            return
    both = [(one, other) for one, other in known if one and other]
    if not both:
        if seconds <= _SECONDS and (item.terminal or not item.psp_ref):
            yield 4, seconds
    elif seconds <= _SECONDS_BY_REFERENCE and _one_slip(both):
        yield 3, seconds


def _one_slip(pairs: list[tuple[str, str]]) -> bool:
    """At most one of the references differs, by one slip of the finger."""
    different = [(one, other) for one, other in pairs if one.lstrip("0") != other.lstrip("0")]
    return not different or (len(different) == 1 and is_one_slip(*different[0]))


def is_one_slip(one: str, other: str) -> bool:
    """Whether one digit was changed, left out or added, or two neighbours swapped (Damerau)."""
    if one == other:
        return True
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) == len(other):
        rest, other_rest = one[start:], other[start:]
        swapped = rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:]
        return rest[1:] == other_rest[1:] or swapped
    return len(other) - len(one) == 1 and one[start:] == other[start + 1 :]


def _finding(item: Expected, line: Line, tier: int) -> Finding:
    seconds = int(abs((item.at - line.at).total_seconds()))
    apart = f"{seconds} Sekunden auseinander" if seconds < 600 else "am selben Tag"
    if tier == 3:
        kind, what = "REF_DIGIT_SWAP", "Die Kennung weicht um einen Tippfehler ab"
        reason = (False, f"{_names(item)} statt {_names(line)}")
    else:
        kind, what = "REF_MISSING", "Die Kennung fehlt"
        reason = (False, "Kennung fehlt")
    words = f"{what}; Betrag {euro(item.cents)}, Ort und Zeit der Zahlung passen."
    return Finding(
        kind, item.code, item.day, words, expected_cents=item.cents, confirmed_cents=line.cents,
        expected=(item.code,), provider=(line.code,), channel=line.channel, place=item.office,
        reference=item.order_ref or item.receipt, tier=tier,
        reasons=((True, "Betrag gleich"), (True, apart), reason),
    )  # fmt: skip


def _names(row: Expected | Line) -> str:
    if row.terminal:
        return f"{row.trace or '?'}/{row.receipt or '?'}"
    return row.order_ref or "?"
