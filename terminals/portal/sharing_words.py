"""Which days somebody pays, in words."""

from babel.dates import get_day_names

from terminals.face.page import language, say


def days_in_words(weekdays: tuple[int, ...] | None) -> str:
    """ISO numbers as names, `Montag, Mittwoch`; None: every other week."""
    if weekdays is None:
        return say("sharing.pattern.weeks")
    names = get_day_names("wide", locale=language())  # 0 is Monday
    return ", ".join(names[day - 1] for day in weekdays)
