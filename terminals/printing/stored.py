"""Receipts as plain JSON values and back: how a journal keeps one, to print it again as it was."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from terminals.printing.receipt import Receipt

VERSION = 1
_UNIONS = (Union, types.UnionType)


def document(receipt: Receipt) -> dict[str, Any]:
    """The receipt as values that JSON has; fields that stand at their default are left out."""
    return {"version": VERSION, **_plain_fields(receipt)}


def read_document(kept: Mapping[str, Any]) -> Receipt:
    """The receipt that `document` wrote. Raises ValueError for anything else."""
    if kept.get("version") != VERSION:
        raise ValueError(f"a receipt of version {kept.get('version')!r} cannot be read")
    try:
        receipt = _built(Receipt, {name: kept[name] for name in kept if name != "version"})
    except (TypeError, AttributeError, KeyError, StopIteration) as wrong:
        raise ValueError(f"no receipt: {wrong}") from wrong
    assert isinstance(receipt, Receipt)
    return receipt


def _plain_fields(value: Any) -> dict[str, Any]:
    return {
        each.name: _plain(getattr(value, each.name))
        for each in fields(value)
        if getattr(value, each.name) != each.default
    }


def _plain(value: Any) -> Any:
    match value:
        case tuple():
            return [_plain(each) for each in value]
        case datetime():
            return value.isoformat()
    return _plain_fields(value) if is_dataclass(value) else value


def _built(kind: Any, kept: Mapping[str, Any]) -> Any:
    hints = get_type_hints(kind)
    return kind(**{name: _value(hints[name], given) for name, given in kept.items()})


def _value(hint: Any, given: Any) -> Any:
    if get_origin(hint) in _UNIONS:
        return _value(_chosen(hint, given), given)
    if get_origin(hint) is tuple:
        if not isinstance(given, list):
            raise TypeError(f"{given!r} is no list")
        return tuple(_value(get_args(hint)[0], each) for each in given)
    if get_origin(hint) is Literal:
        if given not in get_args(hint):
            raise ValueError(f"{given!r} is none of {get_args(hint)}")
        return given
    if hint is datetime:
        return datetime.fromisoformat(given)
    if is_dataclass(hint):
        return _built(hint, given)
    if type(given) is not hint:
        raise TypeError(f"{given!r} is no {hint.__name__}")
    return given


def _chosen(hint: Any, given: Any) -> Any:
    """Which of a union this is: by its fields among dataclasses, else by being there at all."""
    kinds = [each for each in get_args(hint) if each is not type(None)]
    if given is None:
        return type(None)
    if len(kinds) == 1:
        return kinds[0]
    return next(kind for kind in kinds if given.keys() <= {each.name for each in fields(kind)})
