"""Open rows that belong to a pair: the second payment, the second booking, the reversal."""

from collections import defaultdict
from dataclasses import dataclass

from reconciliation.engine.context import Run
from reconciliation.engine.findings import Finding
from reconciliation.engine.groups import sum_finding
from reconciliation.engine.records import LINE, Expected, Line, Lone, pairs_where
from reconciliation.engine.words import day, euro

Pair = tuple[Expected, Line, str]

# A reversal is known by the counters of the charge it takes back, a chargeback likewise.
_TAKEN = """payment_key(p.terminal, p.trace, p.receipt,
                        CASE WHEN p.source = 'stripe' THEN p.psp_ref END, true)"""

_DISPUTED = f"""
CREATE TEMP TABLE engine_disputed ON COMMIT DROP AS
SELECT p.id, {_TAKEN} AS key
  FROM engine_record p
 WHERE p.record_type IN ('chargeback', 'chargeback_reversal')
   AND NOT EXISTS (SELECT FROM provider_line_ended d WHERE d.provider_id = p.id)
"""
_DISPUTES = (
    f"SELECT {LINE}, d.key FROM engine_disputed d JOIN provider_line p USING (id) ORDER BY 11, 2"
)

_REPEATED = f"""
SELECT {LINE} FROM provider_line_ended d JOIN provider_line p ON p.id = d.provider_id
 WHERE d.reason = 'repeated' AND p.match_key IS NOT NULL ORDER BY p.txn_id, p.id
"""

_WANTED = """
CREATE TEMP TABLE engine_wanted ON COMMIT DROP AS
SELECT unnest(CAST(:keys AS bigint[])) AS key, NULL AS ref
 UNION SELECT key, NULL FROM engine_disputed
 UNION SELECT NULL, unnest(CAST(:refs AS text[]))
"""
_REVERSED_KEYS = f"SELECT p.id, {_TAKEN} FROM provider_line p WHERE p.id = ANY (:ids)"

_SIBLINGS = """
CREATE TEMP TABLE engine_sibling ON COMMIT DROP AS
SELECT e.id FROM engine_wanted w JOIN expected_item e ON e.match_key = w.key
 UNION
SELECT e.id FROM expected_item e JOIN engine_wanted w ON w.ref = e.order_ref
"""


@dataclass(frozen=True, slots=True)
class Siblings:
    """Pairs by the key of their expected item and by its reference; lines in dispute by key."""

    by_key: dict[int, list[Pair]]
    by_ref: dict[str, list[Pair]]
    charge_keys: dict[int, int]
    disputes: dict[int, list[Line]]
    repeated: list[Line]


def find_siblings(run: Run, lone: Lone) -> Siblings:
    """Look up once every pair that shares a key or a reference with something open."""
    zone = str(run.knowledge.zone)
    run.execute(_DISPUTED)
    repeated = [Line(*row) for row in run.rows(_REPEATED, zone=zone)]
    reversals = [line.id for line in lone.lines.values() if not line.is_charge]
    charge_keys = {row[0]: row[1] for row in run.rows(_REVERSED_KEYS, ids=reversals)}
    opened: list[Line | Expected] = [*lone.lines.values(), *lone.expected.values()]
    keys = {row.key for row in (*opened, *repeated)}
    keys |= set(charge_keys.values())
    refs = {row.order_ref for row in opened}
    run.execute(_WANTED, keys=sorted(filter(None, keys)), refs=sorted(filter(None, refs)))
    run.execute("ANALYZE engine_wanted")
    run.execute(_SIBLINGS)
    run.execute("ANALYZE engine_sibling")
    by_key, by_ref = defaultdict(list), defaultdict(list)
    for pair in pairs_where(run, "m.expected_id IN (SELECT id FROM engine_sibling)"):
        if pair[0].key is not None:
            by_key[pair[0].key].append(pair)
        if pair[0].order_ref is not None:
            by_ref[pair[0].order_ref].append(pair)
    disputes = defaultdict(list)
    for row in run.rows(_DISPUTES, zone=zone):
        disputes[row[-1]].append(Line(*row[:-1]))
    return Siblings(dict(by_key), dict(by_ref), charge_keys, dict(disputes), repeated)


def explain_by_siblings(run: Run, lone: Lone, siblings: Siblings) -> set[str]:
    """Name what belongs to a pair already; returns codes of items that were paid in parts."""
    _repeated(run, siblings)
    for line in [*lone.lines.values()]:
        _second_line(run, lone, line, siblings)
    in_parts = _in_parts(run, lone, siblings)
    for line in [*lone.lines.values()]:
        pair = _paid_before(line, siblings)
        if pair is not None:
            run.found.append(_paid_twice(pair, line))
            lone.take(lines=(line,))
    for item in [*lone.expected.values()]:
        _second_booking(run, lone, item, siblings)
    return in_parts


def _repeated(run: Run, siblings: Siblings) -> None:
    for line in siblings.repeated:
        pairs = [
            pair for pair in siblings.by_key.get(line.key or 0, ()) if pair[1].code == line.code
        ]
        items = tuple(pair[0].code for pair in pairs)
        words = (
            f"Der Datensatz {line.code} steht mehrmals in der Datei {line.file_code}; "
            f"er zählt einmal."
        )
        run.found.append(
            Finding(
                "DUPLICATE_PSP_LINE",
                line.code,
                line.day,
                words,
                expected_cents=line.cents,
                confirmed_cents=line.cents,
                expected=items,
                provider=(line.code,),
                channel=line.channel,
                reference=line.receipt or line.order_ref,
                tier=1,
            )
        )  # fmt: skip


def _second_line(run: Run, lone: Lone, line: Line, siblings: Siblings) -> None:
    """A line under the key of a pair, or a reversal of the pair's charge."""
    if line.id not in lone.lines:
        return
    for item, first, _ in siblings.by_key.get(line.key or 0, ()):
        run.found.append(_paid_twice((item, first, ""), line))
        lone.take(lines=(line,))
        return
    if line.kind != "reversal":
        return
    key = siblings.charge_keys.get(line.id)
    for item, charge, _ in siblings.by_key.get(key or 0, ()):
        run.found.append(_reversed((item,), charge, line))
        lone.take(lines=(line,))
        return
    for charge in lone.lines.values():
        if key is not None and charge.key == key and charge.cents == -line.cents:
            run.found.append(_reversed((), charge, line))
            lone.take(lines=(line, charge))
            return


def _in_parts(run: Run, lone: Lone, siblings: Siblings) -> set[str]:
    """A pair whose amounts differ by exactly what another open row of the same reference says."""
    found = set()
    for line in [*lone.lines.values()]:
        for item, first, outcome in siblings.by_ref.get(line.order_ref or "", ()):
            if (
                outcome in ("AMOUNT_DIFF", "PARTIAL_CAPTURE")
                and first.cents + line.cents == item.cents
            ):
                run.found.append(sum_finding("SPLIT_PAYMENT", (item,), (first, line)))
                lone.take(lines=(line,))
                found.add(item.code)
                break
    return found


def _paid_before(line: Line, siblings: Siblings) -> Pair | None:
    """The pair that was paid with the same reference and amount before."""
    for item, first, outcome in siblings.by_ref.get(line.order_ref or "", ()):
        same = (first.cents, first.currency, first.is_charge) == (line.cents, line.currency, True)
        if same and line.is_charge and line.source != "zvt":
            return item, first, outcome
    return None


def _paid_twice(pair: Pair, line: Line) -> Finding:
    item, first, _ = pair
    words = (
        f"{euro(line.cents)} wurden zweimal eingezogen ({day(first.day)} und {day(line.day)}), "
        f"gebucht ist die Zahlung einmal: Erstattung prüfen."
    )
    return Finding(
        "DUPLICATE_CHARGE", line.code, line.day, words, expected_cents=item.cents,
        confirmed_cents=first.cents + line.cents, expected=(item.code,),
        provider=(first.code, line.code), channel=line.channel, place=item.office,
        reference=line.receipt or line.order_ref, tier=1,
    )  # fmt: skip


def _reversed(items: tuple[Expected, ...], charge: Line, reversal: Line) -> Finding:
    words = f"Die Zahlung über {euro(charge.cents)} wurde am Terminal storniert" + (
        ", in der Kasse gilt sie noch als bezahlt." if items else " und ist nicht gebucht."
    )
    return Finding(
        "REVERSED_AT_PSP", reversal.code, reversal.day, words,
        expected_cents=sum(item.cents for item in items), confirmed_cents=0,
        expected=tuple(item.code for item in items), provider=(charge.code, reversal.code),
        channel=charge.channel, place=items[0].office if items else charge.terminal,
        reference=charge.receipt, tier=1,
    )  # fmt: skip


def _second_booking(run: Run, lone: Lone, item: Expected, siblings: Siblings) -> None:
    """The same payment booked again: under the same key, or the same reference and amount."""
    if item.id not in lone.expected:
        return
    same_key = siblings.by_key.get(item.key or 0, [])
    same_ref = [
        pair for pair in siblings.by_ref.get(item.order_ref or "", ())
        if (pair[0].cents, pair[0].kind) == (item.cents, item.kind)
        and not (item.psp_ref and pair[0].psp_ref) and item.channel == "online"
    ]  # fmt: skip
    for first, line, _ in same_key or same_ref:
        words = (
            f"{euro(item.cents)} sind zweimal gebucht ({day(first.day)} und {day(item.day)}), "
            f"der Anbieter bestätigt eine Zahlung."
        )
        run.found.append(
            Finding(
                "DUPLICATE_LEDGER",
                item.code,
                item.day,
                words,
                expected_cents=first.cents + item.cents,
                confirmed_cents=line.cents,
                expected=(first.code, item.code),
                provider=(line.code,),
                channel=line.channel,
                place=item.office,
                reference=item.receipt or item.order_ref,
                tier=1,
            )
        )  # fmt: skip
        lone.take((item,))
        return


def find_disputes(run: Run, siblings: Siblings) -> None:
    """Chargebacks, each with what became of it; the payment itself stays matched."""
    for key, lines in sorted(siblings.disputes.items(), key=lambda each: each[1][0].code):
        items = tuple(pair[0] for pair in siblings.by_key.get(key, ())[:1])
        won = [line for line in lines if line.kind == "chargeback_reversal"]
        for line in lines:
            if line.kind == "chargeback":
                run.found.append(_dispute(line, items, won.pop(0) if won else None))
        for line in won:
            run.found.append(_dispute(line, items, line))


def _dispute(line: Line, items: tuple[Expected, ...], won: Line | None) -> Finding:
    lines = [line] if won is None or won == line else [line, won]
    kind = "CHARGEBACK" if won is None else "CHARGEBACK_REVERSED"
    words = (
        f"Rückbelastung über {euro(-line.cents)} vom {day(line.day)}, Gebühr {euro(line.fee_cents)}"
    )
    words += "." if won is None else f"; am {day(won.day)} zurückgenommen."
    return Finding(
        kind, line.code, line.day, words, expected_cents=0,
        confirmed_cents=sum(each.cents - each.fee_cents for each in lines),
        expected=tuple(item.code for item in items), provider=tuple(each.code for each in lines),
        channel=line.channel, place=items[0].office if items else None,
        reference=line.order_ref or line.receipt, tier=1,
    )  # fmt: skip
