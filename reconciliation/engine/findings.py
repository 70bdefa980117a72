"""What does not agree, as rows: one for each case, with an id that stays the same in every run."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

Severity = Literal["break", "suggestion", "info", "timing"]

SUGGESTIONS = frozenset(
    {"WRONG_DAY", "REF_DIGIT_SWAP", "REF_MISSING", "SPLIT_PAYMENT", "COMBINED_PAYMENT",
     "BATCH_SPLIT", "PAYOUT_MERGED", "NAME_ONLY_TRANSFER", "TRANSFER_REF_TYPO",
     "TRANSFER_COMBINED"}
)  # fmt: skip
HANDLED = frozenset(
    {"DUPLICATE_PSP_LINE", "LATE_ARRIVAL", "FILE_REDELIVERED", "FILE_CORRECTED",
     "STATEMENT_OVERLAP"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One case. kind: a class of the catalogue; anchor: the code it is about, with it unique.

    amount_cents: confirmed less expected, so what is missing is negative. since: the business day
    it belongs to. reasons: (fits, German words) of a proposal. tier: 1 exact key .. 5 by chance.
    """

    kind: str
    anchor: str
    since: date
    words: str
    expected_cents: int | None = None
    confirmed_cents: int | None = None
    expected: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    bank: tuple[str, ...] = ()
    channel: str | None = None
    place: str | None = None
    reference: str | None = None
    tier: int | None = None
    reasons: tuple[tuple[bool, str], ...] = ()
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Stable across runs: what it is and what it is about."""
        return f"{self.kind}:{self.anchor}"

    @property
    def severity(self) -> Severity:
        """Whether a person must act, may confirm, is told, or waits."""
        if self.kind == "IN_TRANSIT":
            return "timing"
        if self.kind in SUGGESTIONS:
            return "suggestion"
        return "info" if self.kind in HANDLED else "break"

    def row(self) -> dict[str, Any]:
        """The columns of table `finding`."""
        proposal: dict[str, Any] | None = None
        if self.reasons:
            reasons = [{"fits": fits, "words": words} for fits, words in self.reasons]
            proposal = {"event": None, "amounts": {}, "roles": {}, "reference": self.reference}
            proposal["reasons"] = reasons
        return {
            "id": self.id, "class": self.kind, "subject": self.reference or self.anchor,
            "amount_cents": (self.confirmed_cents or 0) - (self.expected_cents or 0),
            "since": self.since, "data": json.dumps(self.data, sort_keys=True),
            "severity": self.severity, "channel": self.channel, "place": self.place,
            "reference": self.reference, "expected_cents": self.expected_cents,
            "confirmed_cents": self.confirmed_cents, "expected_codes": list(self.expected),
            "provider_codes": list(self.provider), "bank_codes": list(self.bank),
            "tier": self.tier, "explanation": self.words,
            "proposal": None if proposal is None else json.dumps(proposal, sort_keys=True),
        }  # fmt: skip


COLUMNS = (
    "id", "class", "subject", "amount_cents", "since", "data", "severity", "channel", "place",
    "reference", "expected_cents", "confirmed_cents", "expected_codes", "provider_codes",
    "bank_codes", "tier", "proposal", "explanation",
)  # fmt: skip


def write_findings(session: Session, found: Iterable[Finding]) -> int:
    """Bring table `finding` to what was found now; returns how many of its rows changed."""
    _copy(session, {each.id: each for each in found}.values())
    changed = 0
    for statement in _SYNC:
        changed += session.execute(text(statement)).rowcount  # type: ignore[attr-defined]
    return changed


def _copy(session: Session, found: Iterable[Finding]) -> None:
    session.execute(text("DROP TABLE IF EXISTS pg_temp.engine_found"))
    session.execute(text("CREATE TEMP TABLE engine_found (LIKE finding) ON COMMIT DROP"))
    cursor = session.connection().connection.cursor()
    names = ", ".join(COLUMNS)
    with cursor.copy(f"COPY engine_found ({names}) FROM STDIN") as copy:
        for each in found:
            row = each.row()
            copy.write_row([row[name] for name in COLUMNS])
    session.execute(text("ANALYZE engine_found"))


_OTHERS = tuple(name for name in COLUMNS if name != "id")
_NEW = ", ".join(f"n.{name}" for name in _OTHERS)
_OLD = ", ".join(f"f.{name}" for name in _OTHERS)

# What is gone goes, what changed is set, what is new comes: unchanged rows are not touched.
_SYNC = (
    "DELETE FROM finding f WHERE NOT EXISTS (SELECT FROM engine_found n WHERE n.id = f.id)",
    f"""UPDATE finding f SET ({", ".join(_OTHERS)}) = ROW({_NEW})
          FROM engine_found n
         WHERE n.id = f.id AND ({_OLD}) IS DISTINCT FROM ({_NEW})""",
    f"""INSERT INTO finding (id, {", ".join(_OTHERS)})
        SELECT n.id, {_NEW} FROM engine_found n
         WHERE NOT EXISTS (SELECT FROM finding f WHERE f.id = n.id) ORDER BY n.id""",
)
