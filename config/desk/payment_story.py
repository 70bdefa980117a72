"""What happened to an online payment, in words and in the order of time."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from config.access import may
from config.desk.payment_lines import DisputeLine, RefundLine, Step
from config.desk.payment_words import (
    BOOKINGS,
    DISPUTES,
    MESSAGES,
    REASONS,
    REFUNDS,
    REFUSALS,
    RULES,
    STATES,
    WHYS,
    badge_of,
    said,
)
from config.desk.words import age
from config.staff.page import caller
from ledger.permissions import Permission
from terminals.checkout.queries import Dispute, Story
from terminals.checkout.refunds import OnlineRefund

SOON = timedelta(days=3)


def steps_of(story: Story) -> list[Step]:
    """All of it, the oldest first."""
    told = (*_of_payment(story), *_of_bookings(story), *_of_refunds(story), *_of_disputes(story),
            *_of_messages(story))  # fmt: skip
    return sorted(told, key=lambda step: step.at)


def refund_line(one: OnlineRefund, at: datetime) -> RefundLine:
    """One refund in words, and why the viewer cannot decide it."""
    state, kind = badge_of(REFUNDS, one.state)
    return RefundLine(
        one, said(REASONS, one.reason), said(RULES, one.asked_by), state, kind,
        age(one.asked_at, at), said(WHYS, one.failure) if one.failure else "", _barred(one),
    )  # fmt: skip


def dispute_line(one: Dispute, at: datetime) -> DisputeLine:
    """One dispute in words, and whether its day is near or over."""
    state, kind = badge_of(DISPUTES, one.state)
    is_urgent = not one.is_over and one.due_by is not None and one.due_by < at + SOON
    return DisputeLine(one, said(WHYS, one.reason), state, kind, is_urgent)


def _barred(one: OnlineRefund) -> str | None:
    if one.state != "waiting":
        return REFUSALS["decided"][1]
    if not may(caller(), Permission.APPROVALS_DECIDE):
        return "Rückzahlungen gibt die Freigabe Finanzen frei."
    return REFUSALS["own_request"][1] if one.asked_by == caller().name else None


def _of_payment(story: Story) -> Iterator[Step]:
    payment = story.payment
    yield Step(payment.begun_at, "Begonnen", amount_cents=payment.amount_cents)
    if payment.credited_at is not None:
        yield Step(payment.credited_at, "Gutgeschrieben", "Seitdem sieht es, wer bezahlt hat.")
    if payment.ended_at is not None:
        why = said(WHYS, payment.reason) if payment.reason else ""
        yield Step(payment.ended_at, f"Ende: {badge_of(STATES, payment.state)[0]}", why)


def _of_bookings(story: Story) -> Iterator[Step]:
    for one in story.bookings:
        note = "" if one.entry_id else "bewegt nichts in den Büchern"
        yield Step(one.booked_at, said(BOOKINGS, one.kind), note, one.amount_cents, one.entry_id)


def _of_refunds(story: Story) -> Iterator[Step]:
    for one in story.refunds:
        by = f"{said(RULES, one.asked_by)}: {said(REASONS, one.reason)}"
        yield Step(one.asked_at, "Rückzahlung verlangt", by, one.amount_cents, one.entry_id)
        if one.state in ("waiting", "asked") and one.released_by is None:
            continue
        notes = (one.released_by, said(WHYS, one.failure) if one.failure else None)
        words = f"Rückzahlung: {badge_of(REFUNDS, one.state)[0]}"
        yield Step(one.changed_at, words, ", ".join(filter(None, notes)), one.amount_cents)


def _of_disputes(story: Story) -> Iterator[Step]:
    for one in story.disputes:
        yield Step(one.opened_at, "Von der Bank zurückgefragt", said(WHYS, one.reason),
                   one.amount_cents)  # fmt: skip
        if one.is_over:
            yield Step(one.changed_at, f"Rückbuchung: {badge_of(DISPUTES, one.state)[0]}")


def _of_messages(story: Story) -> Iterator[Step]:
    for one in story.messages:
        words = badge_of(MESSAGES, one.state)[0]
        note = f"{words}: {one.trouble}" if one.trouble else words
        yield Step(one.received_at, f"Meldung {one.type}", note)
