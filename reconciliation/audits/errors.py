"""Why an audit of a till cannot go on."""

from dataclasses import dataclass

from reconciliation.errors import ReconciliationError


@dataclass(eq=False)
class AuditUnknown(ReconciliationError):
    """There is no such till, or no such audit."""

    code = "audit_unknown"
    about: str


@dataclass(eq=False)
class AuditFinished(ReconciliationError):
    """It was counted before; a protocol stays as it is."""

    code = "audit_finished"
    audit: str


@dataclass(eq=False)
class AuditNotTheirs(ReconciliationError):
    """Who began an audit counts in it."""

    code = "audit_not_theirs"
    audit: str


@dataclass(eq=False)
class AuditCounts(ReconciliationError):
    """A number of pieces is missing or impossible."""

    code = "audit_counts"
    audit: str
