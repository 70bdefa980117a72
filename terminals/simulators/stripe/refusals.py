"""How the API says no: status, type and code of Stripe's error object."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """An answer that is an error; `code` as Stripe spells it, "" where it gives none;
    `more` are further fields of the error."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str = "",
        param: str = "",
        kind: str = "",
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.param = status, message, code, param
        self.more = more or {}
        self.kind = kind or ("api_error" if status >= 500 else "invalid_request_error")

    def body(self) -> dict[str, Any]:
        """The error as JSON; fields that say nothing are left out, as Stripe does."""
        error: dict[str, Any] = {"type": self.kind, "message": self.message}
        if self.code:
            error |= {
                "code": self.code,
                "doc_url": f"https://stripe.com/docs/error-codes/{self.code}",
            }
        if self.param:
            error["param"] = self.param
        return {"error": error | dict(self.more)}


def missing(kind: str, id_: str, param: str) -> Refusal:
    """404: there is no such object."""
    return Refusal(404, f"No such {kind}: '{id_}'", code="resource_missing", param=param)


def invalid(param: str, message: str, code: str = "parameter_invalid") -> Refusal:
    """400: this parameter cannot be meant."""
    return Refusal(400, message, code=code, param=param)
