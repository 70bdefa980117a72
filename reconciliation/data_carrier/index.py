"""`index.xml`: what is on the carrier, after the Beschreibungsstandard 1.1 of 1 August 2002.

The order of elements is the standard's. Its DTD is named and not included: it is the standard
author's, and whoever imports has it.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from reconciliation.data_carrier.shape import DELIMITER, QUOTE, CarrierTable, Column
from reconciliation.german import german_day
from reconciliation.reports.period import Period

DTD = "gdpdu-01-08-2002.dtd"
_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE DataSet SYSTEM "{DTD}">\n'
_KINDS = {
    "text": "<AlphaNumeric/>",
    "number": "<Numeric><Accuracy>0</Accuracy></Numeric>",
    "amount": "<Numeric><Accuracy>2</Accuracy></Numeric>",
    "date": "<Date><Format>DD.MM.YYYY</Format></Date>",
}


def index_of(tables: Sequence[CarrierTable], period: Period, *, city: str) -> str:
    """The description of these tables, as handed over by `city`."""
    days = f"{german_day(period.first)} bis {german_day(period.last)}"
    supplier = _element(
        "DataSupplier",
        _text("Name", city),
        _text("Location", city),
        _text("Comment", f"Stadtkasse, Datenträgerüberlassung (Z3), {days}"),
    )
    media = _element(
        "Media", _text("Name", f"Stadtkasse {days}"), *(_table(each, period) for each in tables)
    )
    return _HEAD + _element("DataSet", _text("Version", "1.0"), supplier, media) + "\n"


def _table(table: CarrierTable, period: Period) -> str:
    validity = _range(german_day(period.first), german_day(period.last))
    return _element(
        "Table",
        _text("URL", table.file),
        _text("Name", table.name),
        _text("Description", table.description),
        _element("Validity", validity, _text("Format", "DD.MM.YYYY")) if table.of_period else "",
        "<UTF8/>",
        _text("DecimalSymbol", ","),
        _text("DigitGroupingSymbol", "."),
        _range("2"),  # the first line has the names
        _element(
            "VariableLength",
            _text("ColumnDelimiter", DELIMITER),
            # As references: a parser reads a bare line end of any kind as one line feed.
            "<RecordDelimiter>&#13;&#10;</RecordDelimiter>",
            _text("TextEncapsulator", QUOTE),
            *(_column("VariablePrimaryKey", each) for each in table.columns if each.is_key),
            *(_column("VariableColumn", each) for each in table.columns if not each.is_key),
            *(_foreign_key(each) for each in table.columns if each.refers_to),
        ),
    )


def _range(first: str, last: str = "") -> str:
    return _element("Range", _text("From", first), _text("To", last) if last else "")


def _column(kind: str, column: Column) -> str:
    words = _text("Name", column.name), _text("Description", column.description)
    return _element(kind, *words, _KINDS[column.kind])


def _foreign_key(column: Column) -> str:
    words = _text("Name", column.name), _text("References", column.refers_to or "")
    return _element("ForeignKey", *words)


def _text(name: str, words: str) -> str:
    return f"<{name}>{escape(words)}</{name}>"


def _element(name: str, *parts: str) -> str:
    inside = "\n".join(part for part in parts if part)
    return f"<{name}>\n{inside}\n</{name}>"
