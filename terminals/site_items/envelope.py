"""Items as they arrive: understood, or kept as what they are when they cannot be."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from marshmallow import ValidationError

from terminals.errors import BodyMalformed
from terminals.fields import plain_instant, plain_uuid
from terminals.site_items.item import Item, Outcome, invalid
from terminals.site_schemas import SEQ_LIMIT, ItemIn

NAMESPACE = UUID("5b3f6f0e-6f3c-5f2c-9d0b-6c1f7a0f2f11")
MOST_BRACKETS = 2000  # what is nested deeper than the database reads is kept as text

_ENVELOPE = ItemIn()
_KIND = re.compile(r"[a-z_]{1,64}")
_ODD = ("\\u0000", "\\ud", "Infinity", "NaN")  # what JSON can say and jsonb cannot hold


@dataclass(frozen=True, slots=True)
class Received:
    """One item of a request.

    sent_key: as it came, for the answer. key: the same as a UUID, or one made from the content.
    digest: what a repeated key is compared by. body: JSON as the database keeps it. item: None
    where the envelope could not be read; `fault` then says why.
    """

    sent_key: Any
    key: UUID
    digest: bytes
    seq: int
    kind: str
    at: datetime | None
    body: str
    item: Item | None
    fault: Outcome | None = None

    def key_of_content(self) -> UUID:
        """A key for an item whose own belongs to something else."""
        return uuid5(NAMESPACE, f"{self.sent_key} {self.digest.hex()}")


def receive(sent: Any) -> Received:
    """Read one item. Raises BodyMalformed for one nested so deeply that nobody can write it."""
    try:
        return _understood(sent) if isinstance(sent, dict) else _unreadable(sent, "Not an object.")
    except ValidationError as wrong:
        return _unreadable(sent, wrong.messages_dict)
    except RecursionError as deep:
        raise BodyMalformed("nested too deeply") from deep


def _understood(sent: dict[str, Any]) -> Received:
    item = _at_first_sight(sent)
    if item is None:
        read: Mapping[str, Any] = _ENVELOPE.load(sent)
        item = Item(read["key"], read["seq"], read["kind"], read["at"], sent["body"])
    body = _json(sent["body"])
    digest = hashlib.sha256("\0".join((item.kind, sent["at"], body)).encode()).digest()
    return Received(
        sent["key"], item.key, digest, item.seq, item.kind, item.at, kept_json(body), item
    )


def _at_first_sight(sent: dict[str, Any]) -> Item | None:
    """The item, where nothing about its envelope is doubtful: the schema takes ten times as long,
    and thousands come in one request."""
    match sent:
        case {"seq": int(seq), "key": str(key), "kind": str(kind), "at": str(at), "body": dict()}:
            uuid, moment = plain_uuid(key), plain_instant(at)
            is_plain = len(sent) == 5 and type(seq) is int and 0 <= seq <= SEQ_LIMIT
            if is_plain and uuid and moment and _KIND.fullmatch(kind):
                return Item(uuid, seq, kind, moment, sent["body"])
    return None


def _unreadable(sent: Any, errors: Any) -> Received:
    given = sent if isinstance(sent, dict) else {}
    content = _json({name: value for name, value in given.items() if name != "seq"} or sent)
    digest = hashlib.sha256(content.encode()).digest()
    key, seq, kind = given.get("key"), given.get("seq"), given.get("kind")
    return Received(
        sent_key=key,
        key=plain_uuid(key) or uuid5(NAMESPACE, digest.hex()),
        digest=digest,
        seq=seq if type(seq) is int and 0 <= seq <= SEQ_LIMIT else 0,
        kind=kind if isinstance(kind, str) and kind.isprintable() and len(kind) <= 64 else "",
        at=None,
        body=kept_json(content),
        item=None,
        fault=invalid("request_invalid", errors=errors),
    )


_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), check_circular=False).encode


def kept_json(text: str) -> str:
    """JSON as jsonb takes it: what jsonb cannot hold becomes a string of itself."""
    is_odd = any(mark in text for mark in _ODD)
    brackets = text.count("[") + text.count("{")
    return json.dumps(text) if is_odd or brackets > MOST_BRACKETS else text
