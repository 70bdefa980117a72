"""Payouts against the bank: whom does an entry of the bank pay, and what came short, late or back?

An entry names its payout by the provider's trace id, by the batch, or by account and day. Where
it names nothing, the same words stood beside the same account before.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

from ledger.calendar import add_bank_days, bank_days_between
from reconciliation.engine.bank import Credit, write_credits
from reconciliation.engine.bank_words import (
    SHORTEST_ACCOUNT,
    Ledger,
    named,
    named_day,
    open_ledger,
)
from reconciliation.engine.batches import Header
from reconciliation.engine.context import Run
from reconciliation.engine.findings import Finding
from reconciliation.engine.subset import only_way
from reconciliation.engine.words import day, euro, listed

_LATEST_BANK_DAYS = 15
_TOGETHER_DAYS = 7


def match_payouts(run: Run, headers: dict[int, Header], credits: dict[int, Credit]) -> Ledger:
    """Match what agrees, propose what adds up, and name what differs; returns what is left."""
    ledger = open_ledger(run, headers, credits)
    links = named(ledger)
    _match_named(run, ledger, links)
    _match_unnamed(run, ledger)
    links = named(ledger)
    _find_splits(run, ledger, links)
    _find_merged(run, ledger, links)
    _find_other_amounts(run, ledger, links)
    write_credits(run, ledger.matched, rule="payout", version=1)
    return ledger


def _match_named(run: Run, ledger: Ledger, links: list[tuple[int, Header, Credit, str]]) -> None:
    ranked = sorted(
        (tier, abs((credit.day - header.due).days), header.code, credit.code, header, credit, key)
        for tier, header, credit, key in links
        if header.cents == credit.cents and header.currency == credit.currency
    )
    for *_, header, credit, key in ranked:
        if header.id in ledger.headers and credit.id in ledger.credits:
            _match(run, ledger, header, credit, key)


def _match(run: Run, ledger: Ledger, header: Header, credit: Credit, key: str) -> None:
    if (header.code, credit.code) in run.rejected:
        return
    late = bank_days_between(header.due, credit.day)
    if late <= run.knowledge.payout_grace_bank_days:
        ledger.match(header, credit, key)
        return
    words = (
        f"Auszahlung {header.code} über {euro(header.cents)} war am {day(header.due)} fällig "
        f"und kam am {day(credit.day)}, {late} Banktage später."
    )
    run.found.append(_finding("PAYOUT_LATE", (header,), (credit,), words))
    ledger.learn(header, credit)
    ledger.take((header,), (credit,))


def _match_unnamed(run: Run, ledger: Ledger) -> None:
    """Entries that name nothing: same amount, a day that fits, and words known for the account."""
    by_cents = defaultdict(list)
    for header in ledger.headers.values():
        by_cents[header.cents, header.currency].append(header)
    ranked = []
    for credit in ledger.credits.values():
        for header in by_cents.get((credit.cents, credit.currency), ()):
            apart = bank_days_between(header.due, credit.day)
            known = ledger.labels.get(credit.label, Counter())[header.account]
            if credit.day < header.due or apart > _LATEST_BANK_DAYS:
                continue
            if _names_another(credit, header):
                continue
            if not known and not _is_the_only_one(ledger, header, credit):
                continue
            ranked.append((apart, -known, header.code, credit.code, header, credit))
    for *_, header, credit in sorted(ranked):
        if header.id in ledger.headers and credit.id in ledger.credits:
            _match(run, ledger, header, credit, f"{credit.label} {header.cents}")


def _is_the_only_one(ledger: Ledger, header: Header, credit: Credit) -> bool:
    """Words never seen before, on the very day, and no other amount like it: still no doubt."""
    same = [each for each in ledger.headers.values() if each.cents == header.cents]
    like = [each for each in ledger.credits.values() if each.cents == credit.cents]
    is_new = credit.label not in ledger.labels
    return is_new and credit.day == header.due and len(same) == len(like) == 1


def _find_splits(run: Run, ledger: Ledger, links: list[tuple[int, Header, Credit, str]]) -> None:
    """One payout in several entries of the same words, all within a few days."""
    by_text = defaultdict(list)
    for _, header, credit, _ in links:
        by_text[header.id].append(credit)
    for header in [*ledger.headers.values()]:
        surest = [credit for credit in by_text[header.id] if credit.id in ledger.credits]
        parts = _parts_of(ledger, header, surest)
        if not parts or abs(parts[0].cents) >= abs(header.cents):
            continue
        ways = only_way([each.cents for each in parts], header.cents, with_first=bool(surest))
        if ways is None:
            continue
        credits = tuple(parts[at] for at in ways)
        words = (
            f"Auszahlung {header.code} über {euro(header.cents)} kam "
            f"in {len(credits)} Gutschriften."
        )
        run.found.append(_finding("BATCH_SPLIT", (header,), credits, words))
        ledger.take((header,), credits)


def _parts_of(ledger: Ledger, header: Header, surest: list[Credit]) -> list[Credit]:
    like = {each.label for each in surest}
    parts = [
        credit for credit in ledger.credits.values()
        if credit not in surest[:1] and 0 <= (credit.day - header.due).days <= _TOGETHER_DAYS
        and (credit.cents > 0) == (header.cents > 0)
        and (credit.label in like or header.account in ledger.labels.get(credit.label, ()))
        and not _names_another(credit, header)
    ]  # fmt: skip
    return surest[:1] + parts


def _find_merged(run: Run, ledger: Ledger, links: list[tuple[int, Header, Credit, str]]) -> None:
    """Several payouts in one entry; where it names one of them, that one is among them."""
    by_text = defaultdict(list)
    for _, header, credit, _ in links:
        by_text[credit.id].append(header)
    for credit in [*ledger.credits.values()]:
        first = [header for header in by_text[credit.id] if header.id in ledger.headers]
        candidates = _together(ledger, credit, first)
        ways = only_way([each.cents for each in candidates], credit.cents, with_first=bool(first))
        if ways is None:
            continue
        headers = tuple(candidates[at] for at in ways)
        words = (
            f"Eine Gutschrift über {euro(credit.cents)} bezahlt {len(headers)} Auszahlungen: "
            f"{listed(tuple(each.code for each in headers))}."
        )
        run.found.append(_finding("PAYOUT_MERGED", headers, (credit,), words))
        ledger.take(headers, (credit,))


def _together(ledger: Ledger, credit: Credit, first: list[Header]) -> list[Header]:
    """Open payouts this entry could pay: of the account it names, or that its words stand for."""
    if not first and named_day(credit.compact) is not None:
        return []  # it names a batch we do not have: its file never came
    known = ledger.labels.get(credit.label, Counter())
    prefixes = ledger.prefixes(credit)
    accounts = {each.account for each in first} or set(known)
    likely = [
        header for header in ledger.headers.values()
        if header.due <= credit.day
        and bank_days_between(header.due, credit.day) <= _LATEST_BANK_DAYS
        and header.account in accounts
        and (not prefixes or header.prefix in prefixes)
    ]  # fmt: skip
    sure = [header for header in first if header in likely][:1]
    return sure + [header for header in likely if header not in sure]


def _find_other_amounts(
    run: Run, ledger: Ledger, links: list[tuple[int, Header, Credit, str]]
) -> None:
    """Entries that name a payout, or come on its day in its account's words, with other amounts."""
    for *_, header, credit in sorted(_likely_amounts(ledger, links)):
        if header.id not in ledger.headers or credit.id not in ledger.credits:
            continue
        words = (
            f"Auszahlung {header.code}: angekündigt {euro(header.cents)}, "
            f"gutgeschrieben {euro(credit.cents)}."
        )
        run.found.append(_finding("PAYOUT_AMOUNT_DIFF", (header,), (credit,), words))
        ledger.take((header,), (credit,))


_Likely = tuple[int, int, int, str, str, Header, Credit]


def _likely_amounts(
    ledger: Ledger, links: list[tuple[int, Header, Credit, str]]
) -> Iterator[_Likely]:
    for tier, header, credit, _ in links:
        apart = abs((credit.day - header.due).days)
        if (credit.cents > 0) == (header.cents > 0):
            yield tier, apart, 0, header.code, credit.code, header, credit
    by_day = defaultdict(list)
    for credit in ledger.credits.values():
        by_day[credit.day].append(credit)
    for header in ledger.headers.values():
        for credit in by_day.get(header.due, ()):
            known = ledger.labels.get(credit.label, Counter())[header.account]
            same_sign = (credit.cents > 0) == (header.cents > 0)
            if known and same_sign and not _names_another(credit, header):
                apart = abs(credit.cents - header.cents)
                yield 9, 0, apart, header.code, credit.code, header, credit


def _names_another(credit: Credit, header: Header) -> bool:
    """The entry's text is about a day or account that is not this payout's."""
    when = named_day(credit.compact)
    if when is not None and when != header.day:
        return True
    return len(header.digits) >= SHORTEST_ACCOUNT and header.digits not in re.sub(
        r"\D", "", credit.compact
    )


def _finding(
    kind: str, headers: tuple[Header, ...], credits: tuple[Credit, ...], words: str
) -> Finding:
    first = headers[0]
    reasons = ((True, "Die Summen stimmen überein."), (True, "Text und Konto passen."))
    return Finding(
        kind, first.code, first.due, words,
        expected_cents=sum(each.cents for each in headers),
        confirmed_cents=sum(each.cents for each in credits),
        provider=tuple(each.code for each in headers), bank=tuple(each.code for each in credits),
        channel=first.channel, reference=first.code,
        reasons=reasons if kind in ("BATCH_SPLIT", "PAYOUT_MERGED") else (),
        tier=2 if kind in ("BATCH_SPLIT", "PAYOUT_MERGED") else 1,
    )  # fmt: skip


def find_unpaid(run: Run, ledger: Ledger, gaps: frozenset[date]) -> list[Header]:
    """Payouts the bank has not credited; returns those whose day lies in a missing statement."""
    waiting = []
    for header in [*ledger.headers.values()]:
        latest = add_bank_days(header.due, run.knowledge.payout_grace_bank_days)
        if add_bank_days(header.due, 0) in gaps:
            waiting.append(header)
        elif latest < run.today:
            words = (
                f"Auszahlung {header.code} über {euro(header.cents)} war am {day(header.due)} "
                f"fällig und ist nicht auf dem Konto."
            )
            run.found.append(_finding("PAYOUT_MISSING_AT_BANK", (header,), (), words))
        else:
            words = f"{euro(header.cents)} werden bis {day(latest)} gutgeschrieben."
            run.found.append(_finding("IN_TRANSIT", (header,), (), words))
    return waiting
