"""The demonstration: a city that lives through days of business at all its facilities.

Whatever it books goes through the services a till, a parent or the night would use. Everything
is drawn from a seed, the day and what the books said the day before: a day that was cut off is
lived again with the same keys, and nothing doubles.
"""
