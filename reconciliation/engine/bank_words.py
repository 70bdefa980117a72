"""What entries of the bank say of payouts: by trace id, by batch, account and day, or words."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from reconciliation.engine.bank import Credit
from reconciliation.engine.batches import Header, account_prefix
from reconciliation.engine.context import Run

_DAY = re.compile(r"(\d{2})[.,](\d{2})[.,](20\d{2}|\d{2})")
_LATEST_DAYS = 31
SHORTEST_ACCOUNT = 4

_KNOWN = """
SELECT l.remittance, p.account, count(*) FROM credit_match m
  JOIN bank_line l ON l.id = m.bank_line_id JOIN provider_line p ON p.id = m.provider_id
 WHERE m.ended_at IS NULL GROUP BY l.remittance, p.account
"""


@dataclass(slots=True)
class Ledger:
    """What is still open between providers and the bank, and what their texts taught."""

    headers: dict[int, Header]
    credits: dict[int, Credit]
    labels: dict[str, Counter[str]]
    matched: list[tuple[int, int | None, int | None, str]]

    def match(self, header: Header, credit: Credit, key: str) -> None:
        """This entry pays this payout, exactly."""
        self.matched.append((credit.id, header.id, None, key))
        self.learn(header, credit)
        self.take((header,), (credit,))

    def learn(self, header: Header, credit: Credit) -> None:
        """The words of this entry stand for the kind of this account, and for the account."""
        for name in (credit.label, f"by {credit.name}"):
            self.labels.setdefault(name, Counter()).update([header.account])

    def prefixes(self, credit: Credit) -> set[str]:
        """What stands before the digits of the accounts an entry like this pays; empty: unknown.

        Learned from entries of the same words or payer; until then, the words of German network
        operators stand for girocard, those of card acquirers for cards.
        """
        known = self.labels.get(credit.label) or self.labels.get(f"by {credit.name}")
        if known:
            return {account_prefix(account) for account in known}
        if any(word in credit.compact for word in ("GIROCARD", "KASSENSCHNITT", "NETZBETREIBER")):
            return {"N"}
        return {""} if any(word in credit.compact for word in ("ENTGELT", "BATCH")) else set()

    def take(self, headers: Iterable[Header], credits: Iterable[Credit]) -> None:
        """These are explained."""
        for header in headers:
            del self.headers[header.id]
        for credit in credits:
            del self.credits[credit.id]


def open_ledger(run: Run, headers: dict[int, Header], credits: dict[int, Credit]) -> Ledger:
    """What is open on both sides, and what the texts of matched entries taught."""
    ledger = Ledger(headers, credits, {}, [])
    for remittance, account, count in run.rows(_KNOWN):
        label = re.sub(r"[^A-Z]", "", (remittance or "").upper())
        ledger.labels.setdefault(label, Counter())[account] += count
    return ledger


def named(ledger: Ledger) -> list[tuple[int, Header, Credit, str]]:
    """Which entry names which payout, the surest first: trace id, batch, account and day."""
    by_trace, by_digits = {}, defaultdict(list)
    for header in ledger.headers.values():
        if header.trace_id:
            by_trace[header.trace_id] = header
        if len(header.digits) >= SHORTEST_ACCOUNT:
            by_digits[header.digits].append(header)
    found = []
    for credit in ledger.credits.values():
        if credit.end_to_end in by_trace:
            found.append((1, by_trace[credit.end_to_end], credit, credit.end_to_end or ""))
            continue
        digits = re.sub(r"\D", "", credit.compact)
        for account, headers in by_digits.items():
            if account in digits:
                found += _named_by_text(ledger, credit, headers)
    return found


def _named_by_text(
    ledger: Ledger, credit: Credit, headers: list[Header]
) -> Iterator[tuple[int, Header, Credit, str]]:
    when = named_day(credit.compact)
    prefixes = ledger.prefixes(credit)
    for header in headers:
        if prefixes and header.prefix not in prefixes:
            continue
        # In the text itself: in its digits alone 26.11.2026 would begin with 261120, another day.
        batch = header.batch.removeprefix(header.prefix)
        if len(batch) > len(header.digits) and batch in credit.compact:
            yield 2, header, credit, header.batch
        elif when is not None and when == header.day:
            yield 3, header, credit, f"{header.account} {when.isoformat()}"


def named_day(compact: str) -> date | None:
    """The day in a bank's text without blanks: `KASSENSCHNITT16.03.2026`, `ABR15,03,26`."""
    for found in _DAY.finditer(compact):
        dd, mm, year = found.groups()
        try:
            return date(int(year) if len(year) == 4 else 2000 + int(year), int(mm), int(dd))
        except ValueError:  # 45.13.26 is no day; the next one may be
            continue
    return None


_ACCOUNTS = "SELECT DISTINCT account FROM engine_taking WHERE source = 'acquirer' ORDER BY account"


def unknown_batches(run: Run, ledger: Ledger) -> list[tuple[str, date, Credit]]:
    """Entries left over that name an account of ours and a day: the batch they pay never came."""
    found = []
    accounts = [row.account for row in run.rows(_ACCOUNTS)]
    for credit in ledger.credits.values():
        prefixes = ledger.prefixes(credit)
        for account in accounts:
            number = re.sub(r"\D", "", account)
            if prefixes and account_prefix(account) not in prefixes:
                continue
            long = len(number) >= SHORTEST_ACCOUNT
            when = _day_beside(credit, number) if credit.cents > 0 and long else None
            if when is not None:
                found.append((account, when, credit))
                break
    return found


def _day_beside(credit: Credit, number: str) -> date | None:
    """The day of the batch: written out, or as yymmdd behind the account's number."""
    if number not in re.sub(r"\D", "", credit.compact):
        return None
    when = named_day(credit.compact)
    for behind in re.finditer(f"{number}(?=([0-9]{{2}})([0-9]{{2}})([0-9]{{2}}))", credit.compact):
        yy, mm, dd = behind.groups()
        when = when or named_day(f"{dd}.{mm}.{yy}")
    return when if when and abs((credit.day - when).days) <= _LATEST_DAYS else None
