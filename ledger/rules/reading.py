"""Reading posting rules from parsed TOML, with a sentence for everything that is wrong."""

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ledger.entries import Dimensions
from ledger.rules.book import Rule, Rulebook, RuleTransfer
from ledger.rules.faults import BadRule

_ACCOUNT = re.compile(r"\d{6}|@[a-z][a-z_]*")
_NAME = re.compile(r"[a-z][a-z_]*")
_RULE_KEYS = {"number", "covers", "event", "title", "basis", "transfers", "reverses", "dimensions"}
_TRANSFER_KEYS = {"debit", "credit", "amount"}


def rulebook_from(document: Mapping[str, Any]) -> Rulebook:
    """The rulebook in a parsed TOML document of `[roles.NAME]` tables and `[[rule]]` entries.

    Raises BadRule for a rule that cannot be read, an event that is there twice, a reversal of
    an unknown event, and a role used without being declared or declared without being used.
    """
    unknown = sorted(document.keys() - {"roles", "rule"})
    if unknown:
        raise BadRule(f"posting rules have no section {', '.join(unknown)}")
    role_accounts = {
        name: frozenset(_strings(table, "accounts", f"role {name}"))
        for name, table in document.get("roles", {}).items()
    }
    rules: dict[str, Rule] = {}
    for table in document.get("rule", []):
        rule = rule_from(table)
        if rule.event in rules:
            raise BadRule(f"the event {rule.event} has two rules")
        rules[rule.event] = rule
    for rule in rules.values():
        strange = sorted(set(rule.reverses) - rules.keys())
        if strange:
            raise BadRule(f"{rule.event} reverses the unknown event {', '.join(strange)}")
    used = frozenset[str]().union(*(rule.roles for rule in rules.values()))
    for role in sorted(used ^ role_accounts.keys()):
        what = "is not declared" if role in used else "is declared but used by no rule"
        raise BadRule(f"the role {role} {what}")
    return Rulebook(rules, role_accounts)


def rule_from(table: Mapping[str, Any]) -> Rule:
    """One `[[rule]]` of the posting rules; raises BadRule with what to change."""
    event = table.get("event")
    if not isinstance(event, str) or not _NAME.fullmatch(event):
        raise BadRule(f"a rule needs an event in small letters, not {event!r}")
    unknown = sorted(table.keys() - _RULE_KEYS)
    if unknown:
        raise BadRule(f"{event}: a rule has no {', '.join(unknown)}")
    number = table.get("number")
    if type(number) is not int or number < 1:
        raise BadRule(f"{event}: number is the row of the rule, not {number!r}")
    title, basis = table.get("title"), table.get("basis")
    if not isinstance(title, str) or not title or not isinstance(basis, str | None):
        raise BadRule(f"{event}: title and basis are text")
    covers = table.get("covers", [])
    if not isinstance(covers, list) or any(type(row) is not int for row in covers):
        raise BadRule(f"{event}: covers is a list of rows")
    if not isinstance(table.get("transfers"), list):
        raise BadRule(f"{event}: transfers is a list, empty if nothing is booked")
    transfers = tuple(_rule_transfer(event, line) for line in table["transfers"])
    reverses = _strings(table, "reverses", event) if "reverses" in table else ()
    if transfers and reverses:
        raise BadRule(f"{event}: a reversal mirrors the earlier entry and has no transfers")
    defaults = _dimensions(event, table.get("dimensions", {}))
    return Rule(number, event, title, transfers, basis, tuple(covers), reverses, defaults)


def _rule_transfer(event: str, line: Any) -> RuleTransfer:
    if not isinstance(line, Mapping) or line.keys() != _TRANSFER_KEYS:
        raise BadRule(f"{event}: a transfer has exactly debit, credit and amount, not {line!r}")
    debit, credit, amount = line["debit"], line["credit"], line["amount"]
    for side in (debit, credit):
        if not isinstance(side, str) or not _ACCOUNT.fullmatch(side):
            raise BadRule(f"{event}: {side!r} is neither a chart number of six digits nor @role")
    if not isinstance(amount, str) or not _NAME.fullmatch(amount):
        raise BadRule(f"{event}: {amount!r} is not the name of an amount")
    if debit == credit:
        raise BadRule(f"{event}: {debit} is debited and credited at once")
    return RuleTransfer(debit, credit, amount)


def _strings(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    values = table.get(key)
    if not isinstance(values, list) or not values or any(type(v) is not str for v in values):
        raise BadRule(f"{where}: {key} is a list of one or more texts")
    return tuple(values)


def _dimensions(event: str, table: Any) -> Dimensions:
    names = {item.name for item in fields(Dimensions)}
    if not isinstance(table, Mapping) or not table.keys() <= names:
        raise BadRule(f"{event}: dimensions are {', '.join(sorted(names))}")
    if any(type(value) is not str for value in table.values()):
        raise BadRule(f"{event}: dimensions are text")
    return Dimensions(**table)
