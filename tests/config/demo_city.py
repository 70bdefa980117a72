"""A small demo city for tests: Aachen with few people, lived in this process or another.

`python -m tests.config.demo_city URL FOLDER DAYS TODAY` lives it in a process of its own, to be
killed at any moment.
"""

import re
import shutil
import sys
from datetime import date
from pathlib import Path

from sqlalchemy import make_url

from config.database import Database, engine_for
from config.demo.life import AACHEN, LifeResult, Stage, live

CHILDREN_PER_HOUSE = 3
CITIZENS = 40
VISITORS_IN_100 = 30


def a_stage(folder: Path) -> Stage:
    """A stage in `folder`, with the city's files made smaller."""
    files = folder / "aachen"
    if not files.exists():
        shutil.copytree(AACHEN, files)
        facilities = files / "facilities.toml"
        smaller = re.sub(
            r"children = \d+",
            f"children = {CHILDREN_PER_HOUSE}",
            facilities.read_text(encoding="utf-8"),
        )
        facilities.write_text(smaller, encoding="utf-8")
    return Stage(folder / "bank", files, CITIZENS, VISITORS_IN_100)


def lived(database: Database, folder: Path, *, days: int, today: date) -> LifeResult:
    """Live on in this process."""
    stage = a_stage(folder)
    return live(database, stage, days=days, today=today, progress=lambda *_: None)


if __name__ == "__main__":
    url, place, count, until = sys.argv[1:]
    books = Database(engine_for(make_url(url)), make_url(url))
    lived(books, Path(place), days=int(count), today=date.fromisoformat(until))
