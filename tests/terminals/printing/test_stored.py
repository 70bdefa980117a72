"""A receipt that was kept is printed again as it was."""

import json
from typing import Any

import pytest

from terminals.printing.receipt import Payment, TseOutage, copy_of, taken_back
from terminals.printing.stored import document, read_document
from tests.terminals.printing.papers import AT, BEGUN, SLIP, at_the_pool, in_the_office, the_slips

VOID = taken_back(in_the_office(), "R-2", kind="void", at=AT, payment=Payment("cash", -4600))
EVERY = [
    at_the_pool(slip=SLIP), at_the_pool(tse=TseOutage(BEGUN), language="en"), in_the_office(),
    copy_of(at_the_pool()), VOID, *the_slips().values(),
]  # fmt: skip


@pytest.mark.parametrize("receipt", EVERY, ids=lambda receipt: receipt.kind)
def test_what_was_kept_is_what_was_printed(receipt: Any) -> None:
    kept = json.loads(json.dumps(document(receipt)))
    assert read_document(kept) == receipt


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2}, {"kind": "gift"}, {"number": 7}, {"total_cents": "7"}, {"items": "x"},
        {"tse": {"odd": 1}}, {"more": 1}, {"place": None}, {"finished_at": "yesterday"},
        {"total_cents": True},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_receipt_is_not_read(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_document(document(at_the_pool()) | change)
