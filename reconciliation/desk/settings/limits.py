"""Limits in force: what the application hands over, and what the books and reports have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.approvals import DESK_LIMITS_CENTS, LIMITS_CENTS
from ledger.low_balance import USUAL_MARK_CENTS
from ledger.staff.sessions import SessionRule
from reconciliation.desk.audits import AGAIN_AFTER_DAYS
from reconciliation.desk.payouts.whole import LATE_AFTER
from reconciliation.engine.knowledge import Knowledge
from reconciliation.german import NO_BREAK_SPACE, euros, grouped, percent
from reconciliation.reports.cash import cash_costs

PROGRAM = "im Programm; ändert sich mit einer neuen Fassung"
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit in words. kept: where its truth is, and so how it is changed."""

    name: str
    value: str
    kept: str = PROGRAM


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one matter."""

    title: str
    lines: Sequence[Limit]


def limits_in_force(session: Session, extensions: Mapping[str, Any]) -> list[Limits]:
    """Every limit by matter. extensions: of the application; `limits` has those of tills and
    of the parents' portal by title, `sessions` the rule for staying signed in."""
    handed: Mapping[str, Sequence[tuple[str, str, str]]] = extensions.get("limits", {})
    more = {
        title: [Limit(name, value, kept or PROGRAM) for name, value, kept in lines]
        for title, lines in handed.items()
    }
    return [
        Limits("Ab wann eine zweite Person freigibt", [*_approvals(), *more.get("approvals", ())]),
        Limits("Guthaben und Aufladungen", [*_wallets(session), *more.get("wallets", ())]),
        Limits("Kassen", [*_tills(session), *more.get("tills", ())]),
        Limits("Abgleich", _reconciliation()),
        Limits("Bargeld", _cash()),
        Limits("Prüfung und Anmeldung", _safety(extensions["sessions"])),
    ]


def _approvals() -> list[Limit]:
    return [
        Limit("Erstattung an der Kasse", f"über {euros(LIMITS_CENTS['refund'])}"),
        Limit("Kassendifferenz", f"über {euros(LIMITS_CENTS['cash_difference'])}"),
        Limit("Gutschrift für ein Essen", f"über {euros(DESK_LIMITS_CENTS['meal_goodwill'])}"),
        Limit("Ausbuchung, Korrektur, Rücksendung, Zahlung, Preis", "immer"),
    ]


def _wallets(session: Session) -> list[Limit]:
    rows = session.execute(
        text("""SELECT code, name, floor_cents FROM account
                 WHERE guarded AND is_control AND code LIKE '371%' ORDER BY code""")
    )
    kept = "accounts.toml; neue Konten nach dem nächsten Laden"
    floors = [
        Limit(f"Untergrenze {row.name} ({row.code})", euros(row.floor_cents), kept) for row in rows
    ]
    mark = "Vorgabe; jede Familie stellt ihre eigene ein"
    return [*floors, Limit("Erinnerung bei einem Guthaben unter", euros(USUAL_MARK_CENTS), mark)]


def _tills(session: Session) -> list[Limit]:
    row = session.execute(
        text("""SELECT count(*) AS tills, min(cash_limit_cents) AS least,
                       max(cash_limit_cents) AS most, min(float_cents) AS small,
                       max(float_cents) AS large FROM till""")
    ).one()
    if not row.tills:
        return []
    kept = "facilities.toml, je Kasse; mit dem nächsten Laden"
    drawer = f"Bargeld in der Kasse ({grouped(row.tills)} Kassen)"
    return [
        Limit(drawer, _span(row.least, row.most), kept),
        Limit("Wechselgeld zu Beginn der Schicht", _span(row.small, row.large), kept),
    ]  # fmt: skip


def _span(least: int, most: int) -> str:
    return euros(most) if least == most else f"{euros(least)} bis {euros(most)}"


def _reconciliation() -> list[Limit]:
    usual = Knowledge()
    return [
        Limit("Auszahlung fehlt bei der Bank", f"nach {_days(usual.payout_grace_bank_days, 'BT')}"),
        Limit("Auszahlung gilt als verspätet", f"nach {_days(LATE_AFTER, 'BT')}"),
        Limit("Safebag fehlt bei der Bank", f"nach {_days(usual.deposit_bank_days, 'BT')}"),
        Limit("Forderung bleibt offen, ohne Differenz", f"bis {_days(usual.claim_days, 'Tage')}"),
    ]


def _cash() -> list[Limit]:
    costs, kept = cash_costs(), "cash_costs.toml; mit einer neuen Fassung"
    return [
        Limit("Kosten je bar eingenommenem Euro: beobachten", f"ab {costs.watch_from} Cent", kept),
        Limit("Schließung der Barkasse prüfen", f"ab {costs.check_from} Cent", kept),
        Limit("Ziel der Bargeldquote", percent(costs.target_tenths), kept),
    ]


def _safety(rule: SessionRule) -> list[Limit]:
    kept = "Umgebung des Dienstes; mit dem nächsten Start"
    hours = rule.longest // timedelta(hours=1)
    return [
        Limit("Unvermutete Kassenprüfung je Kasse", f"alle {_days(AGAIN_AFTER_DAYS, 'Tage')}"),
        Limit("Abmeldung ohne Klick", f"nach {_days(rule.idle // _MINUTE, 'Minuten')}", kept),
        Limit("Abmeldung in jedem Fall", f"nach {_days(hours, 'Stunden')}", kept),
    ]


def _days(number: int, unit: str) -> str:
    return f"{grouped(number)}{NO_BREAK_SPACE}{unit}"
