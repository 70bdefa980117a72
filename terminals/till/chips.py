"""What is wrong, as chips in the bar: at most two, then one that counts them."""

from collections.abc import Mapping
from dataclasses import dataclass

from terminals.till.formats import Formats
from terminals.till.pages import Chip, Frame
from terminals.till.words import Say, catalogue

MOST = 2
LOOKS: Mapping[str, tuple[str, str]] = {
    "not_sent": ("warning", "cloud-off"),
    "offline": ("warning", "cloud-off"),
    "sent": ("good", "ring-check"),
    "unclear": ("warning", "triangle"),
    "terminal_offline": ("warning", "terminal"),
    "terminal_end_of_day": ("warning", "terminal"),
    "printer": ("warning", "printer"),
    "paper": ("warning", "printer"),
    "tse": ("warning", "triangle"),
    "clock": ("warning", "clock"),
    "prices_old": ("warning", "clock"),
    "cash_limit": ("info", "cash"),
    "approvals": ("info", "hourglass"),
    "storage": ("danger", "diamond"),
    "revoked": ("danger", "diamond"),
}


@dataclass(frozen=True, slots=True)
class ChipView:
    """A chip ready to show. tone, shape: of the macro `chip`; short: for a narrow bar."""

    words: str
    tone: str
    shape: str
    short: str = ""


def chips_of(frame: Frame, say: Say, formats: Formats) -> tuple[ChipView, ...]:
    """The chips of the bar; "Alles bereit" when there is none."""
    if not frame.chips:
        return (ChipView(say("chip.ready"), "good", "ring-check", say("chip.ready.short")),)
    if len(frame.chips) > MOST:
        return (ChipView(say("chip.many", number=len(frame.chips)), "warning", "triangle"),)
    return tuple(_view(chip, say, formats) for chip in frame.chips)


def _view(chip: Chip, say: Say, formats: Formats) -> ChipView:
    words = say(
        f"chip.{chip.kind}",
        number=chip.number,
        amount=formats.round_euro(chip.amount_cents),
        time=formats.clock(chip.since) if chip.since else "",
        day=formats.short_day(chip.day) if chip.day else "",
    )
    short = f"chip.{chip.kind}.short"
    return ChipView(words, *LOOKS[chip.kind], say(short) if short in catalogue() else "")
