"""A simulated receipt printer: takes ESC/POS over TCP as an 80 mm printer does, keeps the paper.

    with Printer() as printer:
        ...  # print to 127.0.0.1, printer.port
        print(printer.papers[-1].text)

It can be out of paper, open, slow, mute or die in the middle. It knows nothing of who prints.
"""

from terminals.simulators.printer.paper import Paper
from terminals.simulators.printer.printer import Behaviour, Printer

__all__ = ["Behaviour", "Paper", "Printer"]
