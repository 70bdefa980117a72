"""Payments known by a shared reference: one in two lines, two in one, references half lost."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reconciliation.engine.context import Run
from reconciliation.engine.findings import Finding
from reconciliation.engine.pairs import write_chosen
from reconciliation.engine.records import Expected, Line, Lone
from reconciliation.engine.words import euro


@dataclass(frozen=True, slots=True)
class _Group:
    expected: list[Expected]
    lines: list[Line]


def match_groups(run: Run, lone: Lone) -> int:
    """Same key, then same reference: sums that agree are proposed, what is left is paired.

    Returns how many pairs were written.
    """
    for group in _grouped(lone, lambda row: None if row.key is None else str(row.key)):
        _propose_sums(run, lone, group)
    pairs = []
    for group in _grouped(lone, lambda row: None if row.key is None else str(row.key)):
        for item, line in zip(group.expected, group.lines, strict=False):
            if (item.code, line.code) in run.rejected:
                continue
            pairs.append((item.id, line.id, f"{item.key} {item.code}", None))
            lone.take((item,), (line,))
    written = write_chosen(run, pairs, rule="key, other amount", version=1)
    for group in _grouped(lone, _by_reference):
        _propose_sums(run, lone, group)
        _propose_references(run, lone, group)
    return written


def _by_reference(row: Expected | Line) -> str | None:
    """The city's own reference, of money taken apart from money given back."""
    if row.order_ref is None or (isinstance(row, Line) and row.source == "zvt"):
        return None
    return f"{row.order_ref}{'+' if row.is_charge else '-'}{row.currency}"


def _grouped(lone: Lone, key: Callable[[Expected | Line], str | None]) -> Iterable[_Group]:
    """Groups with members on both sides, in the order of their keys."""
    expected, lines = defaultdict(list), defaultdict(list)
    for line in lone.lines.values():
        if (name := key(line)) is not None:
            lines[name].append(line)
    for item in lone.expected.values():
        if (name := key(item)) is not None and name in lines:
            expected[name].append(item)
    return [_Group(expected[name], lines[name]) for name in sorted(expected)]


def _propose_sums(run: Run, lone: Lone, group: _Group) -> None:
    wanted = sum(item.cents for item in group.expected)
    came = sum(line.cents for line in group.lines)
    shape = (len(group.expected) > 1, len(group.lines) > 1)
    torn = {(item.code, line.code) for item in group.expected for line in group.lines}
    if torn & run.rejected:
        return
    if wanted != came or shape not in ((True, False), (False, True)):
        return
    members: list[Expected | Line] = [*group.expected, *group.lines]
    if len({each.currency for each in members}) > 1:
        return
    kind = "SPLIT_PAYMENT" if len(group.lines) > 1 else "COMBINED_PAYMENT"
    run.found.append(sum_finding(kind, tuple(group.expected), tuple(group.lines)))
    lone.take(tuple(group.expected), tuple(group.lines))
    group.expected.clear()
    group.lines.clear()


def sum_finding(kind: str, expected: tuple[Expected, ...], lines: tuple[Line, ...]) -> Finding:
    """One payment in several lines, or several payments in one."""
    cents = sum(line.cents for line in lines)
    if kind == "SPLIT_PAYMENT":
        words = f"Eine Zahlung über {euro(cents)} kam in {len(lines)} Teilen, die zusammen passen."
    else:
        words = f"{len(expected)} Forderungen wurden mit einer Zahlung über {euro(cents)} bezahlt."
    first = expected[0]
    return Finding(
        kind, first.code, first.day, words, expected_cents=cents, confirmed_cents=cents,
        expected=tuple(each.code for each in expected), provider=tuple(each.code for each in lines),
        channel=lines[0].channel, place=first.office, reference=first.order_ref, tier=2,
        reasons=((True, "Die Referenz ist dieselbe."), (True, "Die Summen stimmen überein.")),
    )  # fmt: skip


def _propose_references(run: Run, lone: Lone, group: _Group) -> None:
    """What has the same reference and amount is the same payment, though no key says so."""
    likely = sorted(
        (abs((item.at - line.at).total_seconds()), item.code, line.code, item, line)
        for item in group.expected for line in group.lines
        if item.cents == line.cents and (item.code, line.code) not in run.rejected
    )  # fmt: skip
    for *_, item, line in likely:
        if item.id in lone.expected and line.id in lone.lines:
            run.found.append(_reference_missing(item, line))
            lone.take((item,), (line,))


def _reference_missing(item: Expected, line: Line) -> Finding:
    words = (
        f"Die Zahlung über {euro(item.cents)} trägt beim Anbieter keine gleiche Kennung; "
        f"Kassenzeichen {item.order_ref} und Betrag passen."
    )
    return Finding(
        "REF_MISSING", item.code, item.day, words, expected_cents=item.cents,
        confirmed_cents=line.cents, expected=(item.code,), provider=(line.code,),
        channel=line.channel, place=item.office, reference=item.order_ref, tier=2,
        reasons=((True, "Kassenzeichen gleich"), (True, "Betrag gleich"), (False, "Kennung fehlt")),
    )  # fmt: skip
