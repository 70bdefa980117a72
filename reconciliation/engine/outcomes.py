"""Pairs that belong together and still do not agree, and what has no partner at all."""

from reconciliation.engine.context import Run
from reconciliation.engine.findings import Finding
from reconciliation.engine.pairs import fees_due
from reconciliation.engine.records import Expected, Line, Lone, pairs_where
from reconciliation.engine.words import day, euro

_OTHER_DAY = ((True, "Kennung gleich"), (True, "Betrag gleich"), (False, "Tag verschieden"))


def find_outcomes(run: Run, in_parts: set[str]) -> None:
    """One finding for each live pair whose outcome is not that it agrees."""
    found = [each for each in pairs_where(run, "m.outcome <> 'agrees'")
             if each[0].code not in in_parts]  # fmt: skip
    kept = [line.id for _, line, outcome in found if outcome == "FEE_MISMATCH"]
    due = fees_due(run, kept) if kept else {}
    for item, line, outcome in found:
        if outcome == "FEE_MISMATCH":
            run.found.append(_wrong_fee(item, line, due.get(line.id, 0)))
        else:
            run.found.append(_finding(item, line, outcome))


def _wrong_fee(item: Expected, line: Line, due: int) -> Finding:
    """The fee leaves what is paid out: expected and confirmed are below zero."""
    words = (
        f"Für {euro(item.cents)} wurden {euro(line.fee_cents)} Gebühr einbehalten, "
        f"vereinbart sind {euro(due)}."
    )
    return Finding(
        "FEE_MISMATCH", item.code, item.day, words, expected_cents=-due,
        confirmed_cents=-line.fee_cents, expected=(item.code,), provider=(line.code,),
        channel=line.channel, place=item.office, reference=item.receipt or item.order_ref, tier=1,
    )  # fmt: skip


def _finding(item: Expected, line: Line, outcome: str) -> Finding:
    return Finding(
        outcome, item.code, item.day, _words(item, line, outcome), expected_cents=item.cents,
        confirmed_cents=line.cents, expected=(item.code,), provider=(line.code,),
        channel=line.channel, place=item.office, reference=item.receipt or item.order_ref, tier=1,
        reasons=_OTHER_DAY if outcome == "WRONG_DAY" else (),
    )  # fmt: skip


def _words(item: Expected, line: Line, outcome: str) -> str:
    ours, theirs = euro(item.cents), euro(line.cents, line.currency)
    match outcome:
        case "AMOUNT_DIFF":
            return f"Gebucht sind {ours}, eingezogen wurden {theirs}."
        case "PARTIAL_CAPTURE":
            return f"Genehmigt und gebucht sind {ours}, eingezogen wurden nur {theirs}."
        case "CURRENCY_MISMATCH":
            return f"Gebucht sind {ours}, eingezogen wurden {theirs}: andere Währung."
        case "WRONG_DAY":
            return (
                f"Bezahlt am {day(line.day)}, gebucht für den {day(item.day)}: "
                f"Betrag {ours} und Kennung sind gleich."
            )
        case _:
            return f"Zahlung über {ours}: {outcome}."


def find_unknown_terminals(run: Run, lone: Lone) -> None:
    """Lines of terminals that are not ours, in a batch that is paid to us."""
    known = run.knowledge.terminals
    for line in [*lone.lines.values()]:
        if known is None or line.terminal is None or line.terminal in known:
            continue
        words = f"{euro(line.cents)} von Terminal {line.terminal}, das nicht zur Stadt gehört."
        run.found.append(_one_sided("UNKNOWN_TERMINAL", line, words))
        lone.take(lines=(line,))


def find_one_sided(run: Run, lone: Lone) -> None:
    """What is left: booked and not confirmed, or confirmed and not booked."""
    for item in lone.expected.values():
        kind = "MISSING_AT_PSP" if item.is_charge else "REFUND_MISSING_AT_PSP"
        what = "Zahlung" if item.is_charge else "Erstattung"
        words = (
            f"{what} über {euro(abs(item.cents))} vom {day(item.day)} ist gebucht, "
            f"beim Anbieter fehlt sie."
        )
        run.found.append(
            Finding(
                kind,
                item.code,
                item.day,
                words,
                expected_cents=item.cents,
                confirmed_cents=0,
                expected=(item.code,),
                channel="card" if item.terminal else "stripe",
                place=item.office,
                reference=item.receipt or item.order_ref,
                tier=1,
            )
        )  # fmt: skip
    for line in lone.lines.values():
        kind = "MISSING_IN_LEDGER" if line.is_charge else "REFUND_MISSING_IN_LEDGER"
        what = "Zahlung" if line.is_charge else "Erstattung"
        words = (
            f"{what} über {euro(abs(line.cents))} vom {day(line.day)} steht beim Anbieter "
            f"und ist nicht gebucht."
        )
        run.found.append(_one_sided(kind, line, words))


def _one_sided(kind: str, line: Line, words: str) -> Finding:
    return Finding(
        kind, line.code, line.day, words, expected_cents=0, confirmed_cents=line.cents,
        provider=(line.code,), channel=line.channel, place=line.terminal,
        reference=line.receipt or line.order_ref, tier=1,
    )  # fmt: skip
