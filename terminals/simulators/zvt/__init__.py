"""A simulated card terminal: speaks ZVT on TCP and keeps its own ledger of what was paid.

    with Simulator() as terminal:
        terminal.next("wrong_pin", card="visa")
        terminal.cut("sent", 40, command="0601")
        …                                   # a register talks to terminal.port
        assert terminal.settled()
        terminal.ledger[-1].state           # "approved", "declined" or "auto_reversed"

It waits for every answer, repeats a result nobody confirmed and then takes the payment back, so
that its ledger is the truth in any test of a register. Its bytes are written here alone and it
imports nothing of this project: two halves that share code agree too easily.
"""

from terminals.simulators.zvt.book import Settlement, Transaction
from terminals.simulators.zvt.scenarios import SCENARIOS, Script
from terminals.simulators.zvt.settings import Settings
from terminals.simulators.zvt.simulator import Simulator

__all__ = ["SCENARIOS", "Script", "Settings", "Settlement", "Simulator", "Transaction"]
