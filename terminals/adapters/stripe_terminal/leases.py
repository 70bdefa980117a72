"""One order at a time for each reader, however many tills of this process share it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Leases:
    """Which readers are taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: set[tuple[str, str]] = set()

    @contextmanager
    def taking(self, address: str, reader: str) -> Iterator[bool]:
        """Have the reader until the block ends; False, at once, where someone else has it."""
        wanted = (address, reader)
        with self._lock:
            is_mine = wanted not in self._taken
            self._taken.add(wanted)
        try:
            yield is_mine
        finally:
            if is_mine:
                with self._lock:
                    self._taken.remove(wanted)
