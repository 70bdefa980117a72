"""The matcher: what the books expect against what providers and the bank confirm.

Works on the normalised tables `expected_item`, `provider_line` and `live_bank_line` alone, in one
transaction, without input or output: `run(session, as_of=..., knowledge=..., run_id=...)`.
"""

from reconciliation.engine.findings import Finding
from reconciliation.engine.knowledge import Knowledge, Tariff
from reconciliation.engine.run import EngineResult, run

__all__ = ["EngineResult", "Finding", "Knowledge", "Tariff", "run"]
