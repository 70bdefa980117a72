"""The side navigation: one line per page, shown as soon as the page exists."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One link; `icon` is a class of icons.css without `icon--`, `part` an id on that page."""

    title: str
    endpoint: str
    icon: str
    part: str | None = None


@dataclass(frozen=True, slots=True)
class NavGroup:
    """Links under one small heading."""

    title: str
    entries: tuple[NavEntry, ...]


GROUPS = (
    NavGroup(
        "Heute",
        (
            NavEntry("Morgenseite", "desk_morning.show", "day"),
            NavEntry("Differenzen", "desk_differences.show", "scales"),
            NavEntry("Meine Aufgaben", "desk_tasks.show", "person"),
            NavEntry("Freigaben", "desk_releases.show", "people"),
            NavEntry("Ein Tag der Stadt", "city", "day"),
        ),
    ),
    NavGroup(
        "Geld",
        (
            NavEntry("Auszahlungen", "desk_payouts.show", "takings"),
            NavEntry("Verrechnungskonten", "desk_balances.show", "scales"),
            NavEntry("Ungeklärtes Geld", "desk_unclear.show", "wallet"),
            NavEntry("Auszüge, Dateien", "desk_files.show", "log"),
        ),
    ),
    NavGroup(
        "Bücher",
        (
            NavEntry("Journal", "desk_journal.show", "log"),
            NavEntry("Konten", "desk_accounts.show", "scales"),
            NavEntry("Tagesabschluss", "desk_days.show", "lock"),
            NavEntry("Späte Posten", "desk_late.show", "night"),
            NavEntry("Monatsabschluss", "desk_months.show", "lock"),
        ),
    ),
    NavGroup(
        "Berichte",
        (
            NavEntry("Bargeld und Kosten", "desk_cash.show", "cash"),
            NavEntry("Kassenprüfung", "desk_audits.show", "people"),
            NavEntry("Übergaben", "desk_exports.show", "takings"),
        ),
    ),
    NavGroup(
        "Prüfung",
        (
            NavEntry("Stichproben", "desk_sampling.show", "scales"),
            NavEntry("Entscheidungen", "desk_approved.show", "people"),
            NavEntry("Datenträger (Z3)", "desk_carrier.show", "log"),
        ),
    ),
    NavGroup(
        "Betrieb",
        (
            NavEntry("Nachtläufe", "desk_runs.show", "night"),
            NavEntry("Siegel", "desk_seals.show", "lock"),
            NavEntry("Einstellungen", "desk_settings.show", "log"),
        ),
    ),
    NavGroup(
        "Auf einen Blick",
        (
            NavEntry("Zahlwege", "city", "chart", "zahlwege"),
            NavEntry("Letzte Nacht", "city", "night", "nacht"),
            NavEntry("Einnahmen", "city", "takings", "einnahmen"),
            NavEntry("Summen und Salden", "city", "scales", "salden"),
            NavEntry("Guthaben", "city", "wallet", "guthaben"),
            NavEntry("Bargeldquote", "city", "cash", "bargeld"),
        ),
    ),
    NavGroup(
        "Kassen",
        (
            NavEntry("Kassenfreigaben", "approvals.show", "people"),
            NavEntry("Anfragen", "desk_cases.show", "log"),
            NavEntry("Kassen", "tills.show", "cash"),
            NavEntry("Tore", "desk_gates.show", "people"),
            NavEntry("Geräte", "devices.show", "lock"),
        ),
    ),
    NavGroup(
        "Online",
        (
            NavEntry("Online-Zahlungen", "desk_payments.show", "wallet"),
            NavEntry("Rückzahlungen", "desk_refunds.show", "takings"),
            NavEntry("Klärung", "desk_clearing.show", "scales"),
        ),
    ),
    NavGroup(
        "Kitas",
        (
            NavEntry("Familien", "families.show", "people"),
            NavEntry("Zuschüsse", "desk_subsidies.show", "daycare"),
        ),
    ),
    NavGroup(
        "Zugang",
        (
            NavEntry("Mein Zugang", "account.show", "person"),
            NavEntry("Mitarbeitende", "people.show", "people"),
            NavEntry("Protokoll", "audit.show", "log"),
        ),
    ),
    NavGroup("Technik", (NavEntry("API-Referenz", "api_reference", "code"),)),
)


def navigation(app: Flask, may_open: Callable[[str], bool]) -> tuple[NavGroup, ...]:
    """The groups with the entries whose pages this application has and this caller may open."""
    groups = (
        NavGroup(
            group.title,
            tuple(
                entry
                for entry in group.entries
                if entry.endpoint in app.view_functions and may_open(entry.endpoint)
            ),
        )
        for group in GROUPS
    )
    return tuple(group for group in groups if group.entries)
