"""What can be wrong with a posting rule or its use; all are faults of data or code."""


class RuleFault(ValueError):
    """A posting rule or its use is wrong: a fault in data or code, never a person's mistake."""


class BadRule(RuleFault):
    """The rule as written cannot be used; the message says what to change."""


class UnknownEvent(RuleFault):
    """No rule has this event."""


class MissingRole(RuleFault):
    """The rule books to a role for which no account was given."""


class MissingAmount(RuleFault):
    """The rule books an amount that was not given; nothing to book is given as 0."""


class UnusedValue(RuleFault):
    """An amount or role was given that the rule does not know; a typo must not lose money."""


class NegativeAmount(RuleFault):
    """Amounts are zero or more; taking back is a rule of its own or a reversal."""


class WrongAccount(RuleFault):
    """The account given for a role is not one the role may have."""


class ReversalOnly(RuleFault):
    """The event takes back an earlier entry exactly: use `reverse()` of the journal."""
