"""Sample pages of the guest's display."""

from collections.abc import Mapping

from terminals.till.pages import GuestLine, GuestPage

LINES = (
    GuestLine(2, "Erwachsene", 1000),
    GuestLine(1, "Ermäßigt", 300),
    GuestLine(1, "Sauna-Zuschlag", 600),
)
QR = "/kasse/picture/sample.svg"


def _page(step: str, amount_cents: int = 1900, **more: object) -> GuestPage:
    return GuestPage("Schwimmhalle Süd", 17, step, amount_cents=amount_cents, **more)  # type: ignore[arg-type]


STATES: Mapping[str, GuestPage] = {
    "guest_closed": _page("closed"),
    "guest_ready": _page("ready"),
    **{
        f"guest_{step}": _page(step, lines=LINES)
        for step in (
            "basket", "cash", "wait", "card", "terminal", "pin", "bank", "remove_card",
            "other_card", "unclear", "declined", "code", "short",
        )
    },
    "guest_full": _page("card", lines=LINES * 6),
    "guest_link": _page("link", lines=LINES, qr=QR),
    "guest_paid": _page("paid", way="card", qr=QR),
    "guest_change": _page("paid", way="cash", change_cents=100, qr=QR),
    "guest_notice": _page("notice", way="notice"),
    "guest_free": _page("free", 0, way="free", qr=QR),
    "guest_back": _page("back", 4500),
}  # fmt: skip
