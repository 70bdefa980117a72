"""Limits of tills, of the portal and of payments online, in words for the desk's settings.

The desk knows neither tills nor portal; what they allow is handed to it here, by matter, as
(name, value, where it is kept; "" for the program itself).
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from config.web.formats import NO_BREAK_SPACE, count, euro
from terminals.checkout.refunds import LIMIT_CENTS
from terminals.portal.auto_wish import MOST_AMOUNT, MOST_CAP
from terminals.portal.top_up_choice import LEAST_CENTS, MOST_CENTS
from terminals.till.limits import USUAL
from terminals.till.pull import DAYS_AHEAD

_SITE = "till.toml je Stelle; hier die Vorgabe"

LIMITS: Mapping[str, Sequence[tuple[str, str, str]]] = MappingProxyType(
    {
        "approvals": (("Rückzahlung einer Online-Zahlung", f"über {euro(LIMIT_CENTS)}", ""),),
        "wallets": (
            ("Aufladung im Portal", f"{euro(LEAST_CENTS)} bis {euro(MOST_CENTS)}", ""),
            ("Automatisch aufladen, je Mal", f"bis {euro(MOST_AMOUNT)}", ""),
            ("Automatisch aufladen, je Monat", f"bis {euro(MOST_CAP)}", ""),
        ),
        "tills": (
            ("Ohne Leitung: Guthaben je Tag", f"bis {euro(USUAL.wallet_offline_cents)}", _SITE),
            ("Ohne Leitung: Besuche je Karte und Tag", count(USUAL.pass_offline_visits), _SITE),
            ("Ohne Leitung: Preise im Voraus", f"{DAYS_AHEAD}{NO_BREAK_SPACE}Tage", ""),
        ),
    }
)
