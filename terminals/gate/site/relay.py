"""Moving a barrier over the network: a relay with an address that opens it when it is asked for."""

import logging
from collections.abc import Callable

import urllib3
from urllib3.exceptions import HTTPError

SECONDS = 2

log = logging.getLogger("stadtkasse.gate")


def relay(address: str) -> Callable[[], None]:
    """What asks for this address once; a relay that is gone is logged, the screen shows green."""
    pool = urllib3.PoolManager(
        retries=False, timeout=urllib3.Timeout(connect=SECONDS, read=SECONDS)
    )

    def open_it() -> None:
        try:
            answer = pool.request("GET", address)
        except HTTPError as trouble:
            log.warning("the barrier does not answer: %s", trouble)
            return
        if answer.status >= 300:
            log.error("the barrier answered %s", answer.status)

    return open_it
