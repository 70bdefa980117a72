"""Makes months of a city that never was: three sides of every payment, faults, and the truth."""

from tests.reconciliation.made_city.month import make_month

__all__ = ["make_month"]
