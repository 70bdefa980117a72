"""django-hordak charging wallets: lock the account, look at its balance, transfer, commit."""

import json
import random
import sys
import time
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from config.bench.peers import WARM_UP


def main(address: str, task: str, count: int) -> None:
    """Prepare the database, or charge and print the latencies."""
    settings.configure(
        DATABASES={"default": _database(address)},
        INSTALLED_APPS=["django.contrib.contenttypes", "mptt", "djmoney", "hordak"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True, DEFAULT_CURRENCY="EUR", CURRENCIES=["EUR"],
    )  # fmt: skip
    django.setup()
    if task == "prepare":
        call_command("migrate", verbosity=0)
        prepare(count)
    else:
        charge(WARM_UP)
        print(json.dumps(charge(count)))


def prepare(accounts: int) -> None:
    """A bank, a revenue account and the wallets, each topped up once."""
    from hordak.models import Account, AccountType  # noqa: PLC0415 - needs Django's settings
    from moneyed import Money  # noqa: PLC0415

    bank = Account.objects.create(name="Bank", code="1", type=AccountType.asset)
    Account.objects.create(name="Revenue", code="2", type=AccountType.income)
    with transaction.atomic():
        for number in range(accounts):
            wallet = Account.objects.create(
                name="Wallet", code=f"W{number:04d}", type=AccountType.liability
            )
            wallet.transfer_to(bank, Money(Decimal(1_000_000), "EUR"))


def charge(count: int) -> list[int]:
    """Charge random wallets; the nanoseconds of each."""
    from hordak.models import Account  # noqa: PLC0415
    from moneyed import Money  # noqa: PLC0415

    revenue = Account.objects.get(code="2")
    wallets = list(Account.objects.filter(name="Wallet").values_list("id", flat=True))
    price = Money(Decimal("4.50"), "EUR")
    latencies = []
    for _ in range(count):
        started = time.perf_counter_ns()
        with transaction.atomic():
            wallet = Account.objects.select_for_update().get(id=random.choice(wallets))
            if wallet.get_simple_balance()["EUR"] < price:
                raise ValueError("a wallet ran dry")
            wallet.transfer_to(revenue, price)
        latencies.append(time.perf_counter_ns() - started)
    return latencies


def _database(address: str) -> dict[str, str]:
    parts = urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username or "",
        "HOST": parse_qs(parts.query)["host"][0],
    }


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
