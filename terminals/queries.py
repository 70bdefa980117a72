"""What the terminals' endpoints read beyond a single row."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ledger.catalogue.posted import posted_catalogue
from ledger.catalogue.queries import catalogue_document
from terminals.errors import UnknownFacility


def facility_catalogue(session: Session, code: str, day: date) -> dict[str, Any]:
    """What a facility has on offer on a day, as plain values. Raises UnknownFacility."""
    catalogue = posted_catalogue(session)
    facility = catalogue.facilities.get(code)
    if facility is None:
        raise UnknownFacility(code)
    return catalogue_document(catalogue.offers, facility, day)
