"""The side navigation: one line per page, shown as soon as the page exists."""

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
    NavGroup("Heute", (NavEntry("Ein Tag der Stadt", "city", "day"),)),
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
    NavGroup("Technik", (NavEntry("API-Referenz", "api_reference", "code"),)),
)


def navigation(app: Flask) -> tuple[NavGroup, ...]:
    """The groups with the entries whose pages this application has."""
    groups = (
        NavGroup(group.title, tuple(e for e in group.entries if e.endpoint in app.view_functions))
        for group in GROUPS
    )
    return tuple(group for group in groups if group.entries)
