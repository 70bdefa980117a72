"""python-accounting charging wallets by journal entries; it has no lock and no balance check."""

import json
import random
import sys
import time
from datetime import datetime
from decimal import Decimal
from typing import Any

from python_accounting.database.session import get_session
from python_accounting.models import Account, Base, Currency, Entity, LineItem
from python_accounting.transactions import JournalEntry
from sqlalchemy import create_engine, make_url, select

from config.bench.peers import WARM_UP


def main(address: str, task: str, count: int) -> None:
    """Prepare the database, or charge and print the latencies."""
    url = make_url(address).set(drivername="postgresql+psycopg2")
    engine = create_engine(url).execution_options(include_deleted=False, ignore_isolation=False)
    if task == "prepare":
        Base.metadata.create_all(engine)
    with get_session(engine) as session:
        if task == "prepare":
            prepare(session, count)
        else:
            session.entity = session.query(Entity).one()
            charge(session, WARM_UP)
            print(json.dumps(charge(session, count)))


def prepare(session: Any, accounts: int) -> None:
    """An entity with a revenue account and the wallets."""
    entity = Entity(name="City")
    session.add(entity)
    session.commit()
    currency = Currency(name="Euro", code="EUR", entity_id=entity.id)
    session.add(currency)
    session.commit()
    common = {"currency_id": currency.id, "entity_id": entity.id}
    kinds = Account.AccountType
    session.add(Account(name="Revenue", account_type=kinds.OPERATING_REVENUE, **common))
    session.flush()
    for number in range(accounts):
        session.add(
            Account(name=f"Wallet {number}", account_type=kinds.CURRENT_LIABILITY, **common)
        )
        session.flush()
    session.commit()


def charge(session: Any, count: int) -> list[int]:
    """Charge random wallets; the nanoseconds of each."""
    entity_id = session.entity.id
    revenue = session.scalar(select(Account.id).where(Account.name == "Revenue"))
    wallets = session.scalars(select(Account.id).where(Account.name.like("Wallet %"))).all()
    session.commit()
    latencies = []
    for _ in range(count):
        started = time.perf_counter_ns()
        entry = JournalEntry(
            narration="Charge", transaction_date=datetime.now(), account_id=revenue,  # noqa: DTZ005
            entity_id=entity_id,
        )  # fmt: skip
        session.add(entry)
        session.flush()
        line = LineItem(
            narration="Charge", account_id=random.choice(wallets), amount=Decimal("4.50"),
            entity_id=entity_id,
        )  # fmt: skip
        session.add(line)
        session.flush()
        entry.line_items.add(line)
        session.add(entry)
        entry.post(session)
        session.commit()
        latencies.append(time.perf_counter_ns() - started)
    return latencies


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
