"""Working a queue empty, as the worker does."""

from concurrent.futures import ThreadPoolExecutor

from procrastinate import App


def work_off(app: App) -> None:
    """Work until nothing waits; in a thread, for a browser's test may have a loop in this one.

    What the clock would put on the queue stays away: only what the test queued is worked on.
    """
    app.periodic_registry.periodic_tasks.clear()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(
            app.run_worker, wait=False, install_signal_handlers=False, listen_notify=False
        ).result()
