"""What was made of one basket is good for the next one like it: most sales of a day are alike.

A memory is a plain dict of values that never change, by everything they were made of. What may
lead to a person is not remembered beyond the call it came with.
"""

from typing import TypeVar

from ledger.baskets import ChargeRequest

MOST = 2000  # a few megabytes; a pool sells some hundred different baskets

_T = TypeVar("_T")


def is_common(request: ChargeRequest) -> bool:
    """Whether others may ask for the very same, and nothing in it points at a person."""
    return request.wallet is None and not any(
        line.case_reference or line.waiver_reason or line.pass_code for line in request.lines
    )


def remember(memory: dict[object, _T], shape: object, made: _T) -> None:
    """Keep `made` for the next one of this shape; a full memory begins anew."""
    if len(memory) >= MOST:
        memory.clear()
    memory[shape] = made
