"""Whether a payout is exactly the sum of what the provider lists for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from reconciliation.sources.stripe.calls import Json
from reconciliation.sources.stripe.categories import record_type_of
from reconciliation.sources.stripe.records import is_own


@dataclass(frozen=True, slots=True)
class Checked:
    """The lines of a payout added up, in signed cents; fee_cents positive.

    problem: None where all is exact; "sum" (the lines are not the payout), "own" (its own movement
    is not its amount), "twice" (a line came twice), "currency" (a line of another currency).
    charge, refund: gross; fee: of both; other: net of everything else.
    """

    line_count: int
    charge_count: int
    charge_cents: int
    refund_cents: int
    fee_cents: int
    other_cents: int
    problem: str | None


def check(payout: Json, moves: Sequence[Json]) -> Checked:
    """Hold every line against the payout; all of them count, whatever their type."""
    rest = [each for each in moves if not is_own(each, payout["id"])]
    kinds = {each["id"]: record_type_of(each["reporting_category"]) for each in rest}

    def total(field: str, *wanted: str) -> int:
        return sum(int(each[field]) for each in rest if kinds[each["id"]] in wanted)

    plain = ("charge", "refund")
    net = sum(int(each["net"]) for each in rest)
    return Checked(
        len(rest), sum(kind == "charge" for kind in kinds.values()), total("amount", "charge"),
        total("amount", "refund"), total("fee", *plain), net - total("net", *plain),
        _problem(payout, moves, net),
    )  # fmt: skip


def _problem(payout: Json, moves: Sequence[Json], net_cents: int) -> str | None:
    amount, currency = int(payout["amount"]), payout["currency"]
    left = [each for each in moves if each["type"] == "payout" and is_own(each, payout["id"])]
    if len({each["id"] for each in moves}) != len(moves):
        return "twice"
    if any(each["currency"] != currency for each in moves):
        return "currency"
    if net_cents != amount:
        return "sum"
    return "own" if sum(int(each["net"]) for each in left) != -amount else None
