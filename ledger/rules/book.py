"""Posting rules and applying them: an event with amounts and accounts in, transfers out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace

from ledger.entries import Dimensions, Transfer
from ledger.money import Money
from ledger.rules.faults import (
    MissingAmount,
    MissingRole,
    NegativeAmount,
    ReversalOnly,
    UnknownEvent,
    UnusedValue,
    WrongAccount,
)

_NOTHING = Dimensions()


@dataclass(frozen=True, slots=True)
class RuleTransfer:
    """One debit and credit of a rule: chart numbers, or `@name` for a role the event supplies."""

    debit: str
    credit: str
    amount: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What one event books.

    number: row of the table of posting rules; `covers` names further rows it stands for.
    reverses: events whose entries this one takes back exactly; such a rule has no transfers.
    dimensions: filled in where the event leaves them open, e.g. the channel.
    """

    number: int
    event: str
    title: str
    transfers: tuple[RuleTransfer, ...]
    basis: str | None = None
    covers: tuple[int, ...] = ()
    reverses: tuple[str, ...] = ()
    dimensions: Dimensions = field(default=Dimensions())

    @property
    def roles(self) -> frozenset[str]:
        """The roles the event has to supply, without their `@`."""
        return frozenset(side[1:] for side in self._sides() if side.startswith("@"))

    @property
    def accounts(self) -> frozenset[str]:
        """The chart numbers the rule names itself."""
        return frozenset(side for side in self._sides() if not side.startswith("@"))

    @property
    def amounts(self) -> frozenset[str]:
        """The amounts the event has to supply."""
        return frozenset(transfer.amount for transfer in self.transfers)

    def _sides(self) -> Iterator[str]:
        for transfer in self.transfers:
            yield transfer.debit
            yield transfer.credit


@dataclass(frozen=True, slots=True)
class Posting:
    """One event with all its rule asks for; a basket has one or more per line.

    amounts: by name, Money or cents. roles: account code by role, e.g. `tender` →
    `184100/B01-1/2026-11-17`.
    """

    event: str
    amounts: Mapping[str, int | Money]
    roles: Mapping[str, str]
    dimensions: Dimensions = field(default=Dimensions())


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All posting rules by event, and the chart numbers each role may stand for."""

    rules: Mapping[str, Rule]
    role_accounts: Mapping[str, frozenset[str]]

    def rule(self, event: str) -> Rule:
        """The rule of this event; raises UnknownEvent."""
        try:
            return self.rules[event]
        except KeyError:
            raise UnknownEvent(f"no posting rule for the event {event!r}") from None

    def transfers(
        self,
        event: str,
        *,
        amounts: Mapping[str, int | Money],
        roles: Mapping[str, str],
        dimensions: Dimensions,
    ) -> tuple[Transfer, ...]:
        """The transfers of one event; empty where the rule books nothing or all amounts are 0.

        A role may be left out only if every amount booked to it is zero (a sale without tax
        names no tax account). Raises the subclasses of RuleFault.
        """
        return self.book([Posting(event, amounts, roles, dimensions)])

    def book(self, postings: Iterable[Posting]) -> tuple[Transfer, ...]:
        """The transfers of several events as one entry needs them.

        Each posting keeps its own dimensions; transfers that agree in everything but the
        amount become one, in the order in which they first appear.
        """
        merged: dict[tuple[str, str, str, Dimensions], Transfer] = {}
        for posting in postings:
            for transfer in self._apply(posting):
                currency = transfer.amount.currency
                key = (transfer.debit, transfer.credit, currency, transfer.dimensions)
                if key in merged:
                    amount = merged[key].amount + transfer.amount
                    merged[key] = replace(transfer, amount=amount)
                else:
                    merged[key] = transfer
        return tuple(merged.values())

    def _apply(self, posting: Posting) -> Iterator[Transfer]:
        rule = self.rule(posting.event)
        if rule.reverses:
            raise ReversalOnly(f"{rule.event} takes back an entry of {', '.join(rule.reverses)}")
        amounts = _amounts(rule, posting.amounts)
        self._check_roles(rule, posting.roles)
        dimensions = _filled(posting.dimensions, rule.dimensions)
        for transfer in rule.transfers:
            amount = amounts[transfer.amount]
            if amount:
                debit = _account(rule, transfer.debit, posting.roles)
                credit = _account(rule, transfer.credit, posting.roles)
                yield Transfer(debit, credit, amount, dimensions)

    def _check_roles(self, rule: Rule, roles: Mapping[str, str]) -> None:
        unused = sorted(roles.keys() - rule.roles)
        if unused:
            raise UnusedValue(f"{rule.event} has no role {', '.join(unused)}")
        for role, account in roles.items():
            allowed = self.role_accounts[role]
            if account.partition("/")[0] not in allowed:
                kinds = ", ".join(sorted(allowed))
                raise WrongAccount(f"{rule.event}: {account} cannot be its {role}, only {kinds}")


def _amounts(rule: Rule, given: Mapping[str, int | Money]) -> dict[str, Money]:
    missing = sorted(rule.amounts - given.keys())
    if missing:
        raise MissingAmount(f"{rule.event} needs the amount {', '.join(missing)}")
    unused = sorted(given.keys() - rule.amounts)
    if unused:
        raise UnusedValue(f"{rule.event} books no amount {', '.join(unused)}")
    amounts = {
        name: value if isinstance(value, Money) else Money(value) for name, value in given.items()
    }
    for name, amount in amounts.items():
        if amount.cents < 0:
            raise NegativeAmount(f"{rule.event}: {name} is {amount}")
    return amounts


def _account(rule: Rule, side: str, roles: Mapping[str, str]) -> str:
    if not side.startswith("@"):
        return side
    try:
        return roles[side[1:]]
    except KeyError:
        raise MissingRole(f"{rule.event} needs an account for {side}") from None


def _filled(given: Dimensions, default: Dimensions) -> Dimensions:
    if default == _NOTHING:
        return given
    open_names = [item.name for item in fields(given) if getattr(given, item.name) is None]
    return replace(given, **{name: getattr(default, name) for name in open_names})
