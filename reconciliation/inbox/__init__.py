"""The inbox: files that arrive, what came of each, and which did not come at all.

with database.transaction() as session:
    for each in deliver(session, Path("auszug.xml"), Bringer("command", "finance")):
        print(sentence(each))
"""

from reconciliation.inbox.deliveries import Bringer, Delivered, deliver, held_file
from reconciliation.inbox.folder import TakenIn, take_in
from reconciliation.inbox.missing import Missing, missing
from reconciliation.inbox.parts import Change, Diff, Part, State
from reconciliation.inbox.terminal_totals import bring_terminal_totals

__all__ = [
    "Bringer",
    "Change",
    "Delivered",
    "Diff",
    "Missing",
    "Part",
    "State",
    "TakenIn",
    "bring_terminal_totals",
    "deliver",
    "held_file",
    "missing",
    "take_in",
]
