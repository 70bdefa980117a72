"""Plain CSV files in and out of the matcher's tables, for trying it on one's own data.

Reads and writes, and knows nothing of matching. One bad line refuses a whole file, by its name,
line and column.
"""

from reconciliation.plain_files.errors import PlainFileError
from reconciliation.plain_files.loading import load_bank, load_ledger, load_settlement
from reconciliation.plain_files.manifest import Manifest, read_manifest
from reconciliation.plain_files.writing import write_answer

__all__ = [
    "Manifest", "PlainFileError", "load_bank", "load_ledger", "load_settlement", "read_manifest",
    "write_answer",
]  # fmt: skip
