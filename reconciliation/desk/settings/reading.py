"""What else is in force: taxes, card tariffs, where money is mapped to, and who works here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ledger.catalogue.model import BankAccount, TaxCode
from ledger.catalogue.stored import stored_bank_accounts
from ledger.catalogue.tariffs import CardTariff, stored_card_tariffs
from ledger.tables import catalogue as tables
from reconciliation import sources
from reconciliation.sources.acquirer_csv.layouts import layouts

# A name for each source of `reconciliation.sources`, and what its files settle.
SOURCES: Mapping[str, tuple[str, str]] = {
    "camt": ("Kontoauszug, XML (camt.052, .053, .054)", "Bankkonto der IBAN"),
    "mt940": ("Kontoauszug, SWIFT (MT940)", "Bankkonto der Kontokennung"),
    "acquirer_csv": ("Abrechnung der Kartenzahlungen, CSV", "Terminal und Tag, 1841…"),
    "terminal_totals": ("Kassenschnitte der Terminals, CSV", "Terminal und Tag, 1841…"),
    "cash": ("Zählung der Safebags bei der Bank, CSV", "Safebag, 184000"),
}
ROLES: Mapping[str, str] = {
    "cashier": "Kasse", "site_manager": "Leitung der Stelle", "finance": "Finanzbuchhaltung",
    "finance_approver": "Freigabe Finanzen", "auditor": "Revision",
    "administrator": "Verwaltung der Zugänge",
}  # fmt: skip
PROVIDERS: Mapping[str, str] = {"acquirer": "Kartenabrechner", "stripe": "Stripe"}


@dataclass(frozen=True, slots=True)
class TariffLine:
    """One kind of card: the rate in force (None before the first), later and earlier ones."""

    provider: str
    kind: str
    now: CardTariff | None
    coming: Sequence[CardTariff]
    earlier: Sequence[CardTariff]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """What a source reads, in words, and what its lines are matched with. more: its layouts."""

    name: str
    words: str
    settles: str
    more: Sequence[str]


@dataclass(frozen=True, slots=True)
class Mappings:
    """Bank accounts to ledger accounts, files to sources, roles of posting rules to accounts."""

    banks: Sequence[BankAccount]
    sources: Sequence[SourceLine]
    roles: Sequence[tuple[str, Sequence[str]]]
    rules: int


@dataclass(frozen=True, slots=True)
class StaffLine:
    """Somebody who works here, without the name."""

    code: str
    name: str
    facility: str | None
    has_code: bool


@dataclass(frozen=True, slots=True)
class StaffRole:
    """A role with the people in it who are not blocked."""

    code: str
    title: str
    people: Sequence[StaffLine]


def tariff_lines(session: Session, today: date) -> list[TariffLine]:
    """Every kind of card with its rates."""
    lines = []
    by_kind = groupby(stored_card_tariffs(session), lambda one: (one.provider, one.kind))
    for (provider, kind), rates in by_kind:
        known = list(rates)
        begun = [one for one in known if one.valid_from <= today]
        coming = [one for one in known if one.valid_from > today]
        now = begun[-1] if begun else None
        lines.append(TariffLine(PROVIDERS[provider], kind, now, coming, begun[-2::-1]))
    return lines


def tax_lines(taxes: Sequence[TaxCode], today: date) -> list[tuple[TaxCode, str]]:
    """Tax codes with a word for when: `gilt`, `kommt`; those that are over are left out."""
    return [
        (tax, "gilt" if tax.holds_on(today) else "kommt")
        for tax in taxes
        if tax.valid_until is None or tax.valid_until >= today
    ]


def mappings(session: Session) -> Mappings:
    """Where money and files belong."""
    names = tuple(layout.name for layout in layouts())
    found = [
        SourceLine(
            source.name, *SOURCES.get(source.name, (source.name, "–")),
            names if source.name == "acquirer_csv" else (),
        )
        for source in sources.load()
    ]  # fmt: skip
    roles = session.execute(select(tables.posting_role).order_by("name"))
    rules = session.execute(text("SELECT count(*) FROM posting_rule")).scalar_one()
    return Mappings(
        stored_bank_accounts(session), found, [(row.name, row.accounts) for row in roles], rules
    )


def staff_roles(session: Session) -> list[StaffRole]:
    """Roles with people who may sign in, by number."""
    rows = session.execute(
        text("""SELECT role, code, name, facility, totp_secret IS NOT NULL AS has_code
                  FROM staff WHERE is_active ORDER BY code""")
    ).all()
    return [
        StaffRole(code, title, [
            StaffLine(row.code, row.name, row.facility, row.has_code)
            for row in rows if row.role == code
        ])
        for code, title in ROLES.items()
    ]  # fmt: skip
