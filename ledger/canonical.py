"""The bytes of an entry that are hashed, for ever: version 1.

A JSON array without spaces, UTF-8, integers for money, ISO dates, account codes as they stand in
the chart. Version 1 is never changed; another content gets another number. What may lead to a
person enters only as HMAC-SHA-256 under a salt of its own, so that erasing the salt leaves the
proof intact. The entry's id is not inside: it is drawn after the bytes are made, and the leaf's
place in the tree says the same.
"""

import hashlib
import hmac
import json
import secrets

from ledger.entries import Entry, Transfer

VERSION = 1
SALT_BYTES = 16

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def new_salts(entry: Entry) -> list[bytes | None]:
    """A fresh random salt for every transfer that has a case reference, None for the others."""
    return [
        secrets.token_bytes(SALT_BYTES) if transfer.dimensions.case_reference else None
        for transfer in entry.transfers
    ]


def canonical_bytes(entry: Entry, salts: list[bytes | None]) -> bytes:
    """Version 1 of `entry`; `salts` has one item for each transfer, see `new_salts`."""
    return _encode(
        [
            VERSION,
            str(entry.key),
            entry.booked_on.isoformat(),
            entry.event,
            entry.reference,
            entry.reverses,
            [_line(transfer, salt) for transfer, salt in zip(entry.transfers, salts, strict=True)],
        ]
    ).encode()


def request_hash(entry: Entry) -> bytes:
    """What a repeated key is compared by: SHA-256 of the caller's bytes, or of the content."""
    if entry.request is not None:
        return hashlib.sha256(entry.request).digest()
    content = _encode(
        [
            entry.booked_on.isoformat(),
            entry.event,
            entry.reference,
            entry.reverses,
            [[*_line(t, None), t.dimensions.case_reference] for t in entry.transfers],
        ]
    )
    return hashlib.sha256(content.encode()).digest()


def case_commitment(salt: bytes, case_reference: str) -> str:
    """What stands in the canonical bytes for a case reference."""
    return hmac.new(salt, case_reference.encode(), hashlib.sha256).hexdigest()


def _line(transfer: Transfer, salt: bytes | None) -> list[str | int | None]:
    of = transfer.dimensions
    commitment = case_commitment(salt, of.case_reference) if salt and of.case_reference else None
    return [
        transfer.debit,
        transfer.credit,
        transfer.amount.cents,
        transfer.amount.currency,
        of.facility,
        of.product,
        of.cost_centre,
        of.tax_code,
        of.sphere,
        of.channel,
        of.till,
        of.shift,
        commitment,
    ]
