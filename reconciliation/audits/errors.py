"""Why an audit of a till cannot go on, and why a sample is not drawn."""

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


@dataclass(eq=False)
class SampleUnknown(ReconciliationError):
    """No such sample was drawn."""

    code = "sample_unknown"
    sample: str


@dataclass(eq=False)
class SampleBounds(ReconciliationError):
    """The days end before they begin, or the number of entries is not 1 to 500."""

    code = "sample_bounds"
    count: int


@dataclass(eq=False)
class SampleSeed(ReconciliationError):
    """A seed that nobody could type again for certain."""

    code = "sample_seed"
    seed: str


@dataclass(eq=False)
class SampleBlock(ReconciliationError):
    """There is no such block, or none at all yet."""

    code = "sample_block"
    block: int | None


@dataclass(eq=False)
class SampleEmpty(ReconciliationError):
    """No sealed entry is within the bounds."""

    code = "sample_empty"
