"""A till that lets one in with a pass and is killed at its commit: run as a program of its own.

python killed_pass.py JOURNAL BROWSER TEXT before|after N
"""

import sys
from pathlib import Path

from terminals.till.centre import Centre
from terminals.till.counter import Counter as Register
from terminals.till.journal import open_journal
from terminals.till.site import Site
from tests.terminals.till.killed_till import die_at_commit


def main() -> None:
    journal_file, browser, text, moment, number = sys.argv[1:]
    journal = open_journal(Path(journal_file))
    # Nothing listens at the address of this centre: what is sold here nobody hears of.
    site = Site("B01", journal, Centre("http://127.0.0.1:9"))
    site.start()
    register = Register(site)
    die_at_commit(journal.engine.dialect, moment, int(number))
    register.act(browser, "scan", {"text": text})
    site.stop()


if __name__ == "__main__":
    main()
