"""What the till refuses: a stable code, and what a sentence about it needs."""

from typing import Any


class TillRefusal(Exception):
    """Something cannot be done as asked; nothing was changed.

    code: the name of its sentence in `terminals.till.words`; data: what the sentence names.
    """

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = data
