"""Work for later, written down in the transaction of the fact that causes it.

A job that is deferred here exists exactly when the fact does. The tasks themselves are defined
where the worker is put together, in `config.jobs`.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_DEFER = text("""
    SELECT procrastinate_defer_jobs_v1(ARRAY[
        ROW('default', :task, 0, :lock, NULL, CAST(:arguments AS jsonb),
            CAST(:at AS timestamptz))::procrastinate_job_to_defer_v1])""")


def defer(
    session: Session,
    task: str,
    arguments: Mapping[str, Any],
    *,
    lock: str | None = None,
    at: datetime | None = None,
) -> None:
    """Have the worker run `task` with these arguments (JSON) once this transaction is committed.

    lock: jobs of one lock run one after the other. at: not before this instant.
    """
    values = {"task": task, "lock": lock, "arguments": json.dumps(arguments), "at": at}
    session.execute(_DEFER, values)
