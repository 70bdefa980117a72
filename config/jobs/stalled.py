"""Jobs of a worker that died: put back, for nothing else frees the locks they still hold."""

import logging
from typing import Any

from procrastinate import App
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from config.jobs.means import Means

SILENT_SECONDS = 60  # a worker that lives says so every ten

log = logging.getLogger("stadtkasse.jobs")


def add(app: App, means: Means) -> None:  # noqa: ARG001 - as every part of the jobs
    """Add it. It has no lock: the dead would keep that as well."""

    @app.periodic(cron="* * * * *")
    @app.task(name="take_over", queueing_lock="take_over", pass_context=True)
    async def take_over(context: Any, timestamp: int) -> None:  # noqa: ARG001
        manager = context.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
            log.warning("%s was left by a worker that died", job.task_name)
            try:
                await manager.retry_job(job)
            except UniqueViolation:  # the next one of a periodic job waits already
                await manager.finish_job(job, status=Status.FAILED, delete_job=True)
