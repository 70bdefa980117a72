"""Whether the posting rules of a city fit its chart, their roles and each other."""

from collections.abc import Iterator, Mapping

from ledger.catalogue.faults import Fault
from ledger.catalogue.model import Account, City, PostingRule


def rule_faults(city: City, chart: Mapping[str, Account]) -> Iterator[Fault]:
    """Every fault of every posting rule and role."""
    events = {posting.rule.event for posting in city.rules}
    declared = {role.name for role in city.roles}
    for posting in city.rules:
        yield from _account_faults(posting, chart)
        rule, at = posting.rule, posting.place
        for event in rule.reverses:
            if event not in events:
                yield at.fault(f"{rule.event} reverses the unknown event {event}", "reverses")
        for role in sorted(rule.roles - declared):
            yield at.fault(f"{rule.event} books to the unknown role {role}", "transfers")
    yield from _role_faults(city, chart)


def _account_faults(posting: PostingRule, chart: Mapping[str, Account]) -> Iterator[Fault]:
    """What a rule names itself takes postings; only a role may stand for a control account."""
    event, at = posting.rule.event, posting.place
    for number in sorted(posting.rule.accounts):
        account = chart.get(number)
        if account is None:
            yield at.fault(f"{event} books to the unknown account {number}", "transfers")
        elif account.is_control:
            yield at.fault(
                f"{event} books directly to {number}, a control account: use a role", "transfers"
            )


def _role_faults(city: City, chart: Mapping[str, Account]) -> Iterator[Fault]:
    used = {role for posting in city.rules for role in posting.rule.roles}
    for role in city.roles:
        if role.name not in used:
            yield role.place.fault(f"no rule books to the role {role.name}")
        if not role.accounts:
            yield role.place.fault(f"the role {role.name} stands for no account", "accounts")
        for number in role.accounts:
            if number not in chart:
                yield role.place.fault(
                    f"the role {role.name} stands for the unknown account {number}", "accounts"
                )
