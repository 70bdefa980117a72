"""A pay link on the stage: its code for the guest, and how far the guest is."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from terminals.till.attempts import Attempt
from terminals.till.counter.moment import Moment
from terminals.till.counter.stages import Builder
from terminals.till.links import link_document
from terminals.till.pages import PayLink

LIVES = timedelta(days=1)


def link_stage(moment: Moment, of: Attempt) -> PayLink:
    """The stage of a link that is neither paid nor taken back."""
    said = link_document(moment.connection, of)
    ends = datetime.fromisoformat(said["expires_at"]) if said else of.started_at + LIVES
    return PayLink(
        link=str(of.id),
        amount_cents=of.amount_cents,
        qr=f"/kasse/picture/{of.id}.svg" if said else "",
        expires_at=ends,
        step="withdrawing" if of.cancelled_at is not None else "shown",
        case=(moment.basket.case_reference or "") if moment.basket else "",
        address=str(said["address"]) if said else "",
    )


STAGES: Mapping[str, Builder] = {}
