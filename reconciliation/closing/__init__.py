"""Closing: two people sign the totals of a day or month, and what comes late is kept in sight.

    state = day_closing(session, day, at=now)           # totals, blockers, signatures
    sign_day(session, caller, day, Signing(place=1, seen=state.sha256), at=now)

The database holds that two different people sign the same totals before a day is locked.
"""
