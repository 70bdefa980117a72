"""Addresses that several pages of the desk point to."""

from typing import Any

from flask import request, url_for


def case_address(number: int) -> str:
    """The page of the case `D-1482`."""
    return url_for("desk_case.show", number=number)


def here(**changes: str | int | None) -> str:
    """This page with other questions; what is None or empty is no longer asked."""
    asked: dict[str, Any] = {**request.args, **changes}
    values = {name: value for name, value in asked.items() if value not in (None, "")}
    return url_for(request.endpoint or "", **(request.view_args or {}), **values)
