"""The morning's letter to finance: numbers by channel, no names and no references."""

from datetime import date

from reconciliation.german import euros, german_day, grouped
from reconciliation.night.summary import ChannelNight, Summary
from reconciliation.words import channel_word


def headline(summary: Summary) -> str:
    """The result in one sentence, as it stands on the morning page."""
    checked = sum(each.checked for each in summary.channels)
    in_time = sum(each.in_time for each in summary.channels)
    if not summary.differences and not summary.suggestions:
        return f"Alles geschlossen. {grouped(checked)} Posten geprüft, {grouped(in_time)} in Frist."
    parts = [
        _plural(count, one, many)
        for count, one, many in (
            (summary.differences, "Differenz", "Differenzen"),
            (summary.suggestions, "Vorschlag", "Vorschläge"),
        )
        if count
    ]
    return f"{' und '.join(parts)}. Der Rest ist geschlossen oder in Frist."


def subject(summary: Summary) -> str:
    """What the letter is about: the day and how much waits."""
    waiting = summary.differences + summary.suggestions
    what = f"{_plural(waiting, 'offener Fall', 'offene Fälle')}" if waiting else "alles geschlossen"
    return f"Nachtlauf {german_day(summary.run.day)}: {what}"


def paragraphs(summary: Summary) -> tuple[str, ...]:
    """The sentence, one line for each channel that has anything, and the control totals."""
    lines = [_line(each) for each in summary.channels if each.checked]
    off = sum(not each.agrees for each in summary.totals)
    totals = f"{len(summary.totals) - off} von {len(summary.totals)} Kontrollsummen stimmen."
    return (headline(summary), *lines, totals)


def alarm(day: date) -> tuple[str, ...]:
    """What the letter says when a night is missing."""
    return (
        f"Der Nachtlauf für den {german_day(day)} fehlt. Zahlen auf der Morgenseite sind älter.",
        "Bitte prüfen Sie, ob der Arbeitsprozess (stadtkasse worker) läuft, oder starten Sie den"
        " Abgleich auf der Seite Nachtläufe von Hand.",
    )


def _line(each: ChannelNight) -> str:
    words = (
        f"{channel_word(each.channel)}: {grouped(each.checked)} geprüft, {grouped(each.closed)}"
        f" geschlossen, {grouped(each.in_time)} in Frist, {grouped(each.suggestions)} Vorschläge,"
        f" {grouped(each.differences)} Differenzen"
    )
    if not each.differences:
        return f"{words}."
    return (
        f"{words} ({euros(each.unexplained_cents)} ungeklärt, älteste {each.oldest_days or 0} BT)."
    )


def _plural(count: int, one: str, many: str) -> str:
    return f"{grouped(count)} {one if count == 1 else many}"
