"""Paper from a tap: handed to the printer once the tap is on the disk, and never waited for."""

from terminals.printing.receipt import Receipt
from terminals.till.counter.moment import Acting
from terminals.till.papers import Printing


def print_paper(acting: Acting, paper: Receipt) -> None:
    """Print afterwards; the page says so, or that there is no printer."""
    printing = Printing(acting.moment.site.printers.get(acting.moment.till.code))
    acting.view = acting.view.saying("printed" if printing.printer else "printer_silent")
    acting.after.append(lambda: printing.print(paper))
