"""What is read from a camt file, as data: the paths of its values and of its nested records.

Both shapes banks deliver stand side by side: up to 001.07 (`Sts`, `Dbtr/Nm`) and from 001.08
on (`Sts/Cd`, `Dbtr/Pty/Nm`); real files mix them under either version. Whatever has no path
here is not kept, so it can cost no memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of record.

    values: paths of texts of which the first counts; an amount's `Ccy` comes with it.
    lists: paths of texts that may repeat.
    inner: path -> shape of the records within.
    """

    name: str
    values: tuple[str, ...]
    lists: tuple[str, ...] = ()
    inner: Mapping[str, "Shape"] = field(default_factory=dict)


_CODES = (
    "BkTxCd/Domn/Cd",
    "BkTxCd/Domn/Fmly/Cd",
    "BkTxCd/Domn/Fmly/SubFmlyCd",
    "BkTxCd/Prtry/Cd",
    "BkTxCd/Prtry/Issr",
)
_SIDES = tuple(
    f"RltdPties/{path}"
    for side in ("Dbtr", "Cdtr")
    for path in (f"{side}/Nm", f"{side}/Pty/Nm", f"{side}/Agt/FinInstnId/Nm", f"{side}Acct/Id/IBAN")
)

_CHARGE = ("Amt", "CdtDbtInd")
CHARGES = Shape("Chrgs", _CHARGE, inner={"Rcrd": Shape("Rcrd", _CHARGE)})

TRANSACTION = Shape(
    "TxDtls",
    values=(
        "Refs/EndToEndId",
        "Refs/MndtId",
        "Refs/TxId",
        "Amt",
        "CdtDbtInd",
        "AmtDtls/TxAmt/Amt",
        "AmtDtls/CntrValAmt/Amt",
        "RtrInf/Rsn/Cd",
        "RtrInf/Rsn/Prtry",
        *_CODES,
        *_SIDES,
    ),
    lists=("RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref"),
    inner={"Chrgs": CHARGES},
)

ENTRY = Shape(
    "Ntry",
    values=(
        "Amt",
        "CdtDbtInd",
        "RvslInd",
        "Sts",
        "Sts/Cd",
        "Sts/Prtry",
        "BookgDt/Dt",
        "BookgDt/DtTm",
        "ValDt/Dt",
        "ValDt/DtTm",
        "AcctSvcrRef",
        "AddtlNtryInf",
        "NtryDtls/Btch/PmtInfId",
        "NtryDtls/Btch/NbOfTxs",
        *_CODES,
    ),
    inner={"NtryDtls/TxDtls": TRANSACTION, "Chrgs": CHARGES},
)

BALANCE = Shape("Bal", ("Tp/CdOrPrtry/Cd", "Amt", "CdtDbtInd", "Dt/Dt", "Dt/DtTm"))


def _statement(name: str) -> Shape:
    return Shape(
        name,
        values=(
            "Id",
            "ElctrncSeqNb",
            "LglSeqNb",
            f"{name}Pgntn/PgNb",
            f"{name}Pgntn/LastPgInd",
            "Acct/Id/IBAN",
            "Acct/Ccy",
            "TxsSummry/TtlNtries/NbOfNtries",
        ),
        inner={"Bal": BALANCE, "Ntry": ENTRY},
    )


DOCUMENT = Shape(
    "Document",
    values=(),
    inner={
        "BkToCstmrStmt/Stmt": _statement("Stmt"),
        "BkToCstmrAcctRpt/Rpt": _statement("Rpt"),
        "BkToCstmrDbtCdtNtfctn/Ntfctn": _statement("Ntfctn"),
    },
)


class Place:
    """One element of a shape: the names known below it, and what is kept of it."""

    __slots__ = ("above", "below", "currency_path", "is_list", "path", "shape")

    def __init__(self, above: "Place | None" = None) -> None:
        self.above = self if above is None else above
        self.below: dict[str, Place] = {}
        self.path: str | None = None
        self.currency_path: str | None = None
        self.is_list = False
        self.shape: Shape | None = None


@lru_cache(maxsize=8)
def places(namespace: str) -> Place:
    """The tree of places, by the names expat gives elements in this namespace."""
    top = Place()
    _grow(_descend(top, "Document", namespace), DOCUMENT, namespace)
    return top


def _grow(place: Place, shape: Shape, namespace: str) -> None:
    for path in (*shape.values, *shape.lists):
        leaf = _descend(place, path, namespace)
        leaf.path, leaf.is_list = path, path in shape.lists
        leaf.currency_path = f"{path}@Ccy" if path.endswith("Amt") else None
    for path, inner in shape.inner.items():
        below = _descend(place, path, namespace)
        below.shape = inner
        _grow(below, inner, namespace)


def _descend(place: Place, path: str, namespace: str) -> Place:
    for name in path.split("/"):
        place = place.below.setdefault(f"{namespace} {name}", Place(place))
    return place
