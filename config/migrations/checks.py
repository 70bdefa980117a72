"""The promises of the books, asked of the database as it is: what `stadtkasse db check` runs."""

from sqlalchemy import text
from sqlalchemy.orm import Session

# Each query returns the rows that break the promise; none is what we want.
PROMISES = {
    "a guard is the sum of its transfers": """
        SELECT a.code FROM guard g JOIN account a ON a.id = g.account_id
         WHERE g.posted <> g.normal * (
               coalesce((SELECT sum(amount_cents) FROM transfer
                          WHERE credit_account = g.account_id), 0)
             - coalesce((SELECT sum(amount_cents) FROM transfer
                          WHERE debit_account = g.account_id), 0))""",
    "what is held is the sum of open holds": """
        SELECT a.code FROM guard g JOIN account a ON a.id = g.account_id
         WHERE g.held <> coalesce((
               SELECT sum(h.amount_cents)
                 FROM hold h LEFT JOIN hold_resolution r ON r.hold_id = h.id
                WHERE h.account_id = g.account_id AND r.hold_id IS NULL), 0)""",
    "no prepaid account is below its floor": """
        SELECT a.code FROM guard g JOIN account a ON a.id = g.account_id
         WHERE posted - held < floor""",
    "every entry has all its transfers": """
        SELECT e.id::text FROM entry e
         WHERE e.line_count <> (SELECT count(*) FROM transfer t WHERE t.entry_id = e.id)""",
    "every transfer has its entry": """
        SELECT t.entry_id::text FROM transfer t
         WHERE NOT EXISTS (SELECT FROM entry e
                            WHERE e.id = t.entry_id AND e.booked_on = t.booked_on)""",
    "every posted answer has its entry": """
        SELECT a.key::text FROM answer a WHERE a.entry_id IS NOT NULL
           AND NOT EXISTS (SELECT FROM entry e WHERE e.id = a.entry_id AND e.key = a.key)""",
    "running totals are the sums of turnover": """
        SELECT a.code FROM (
            SELECT DISTINCT ON (account_id) * FROM account_total
             ORDER BY account_id, block_number DESC) t
          JOIN account a ON a.id = t.account_id
         WHERE (t.debit_cents, t.credit_cents) <> (
               SELECT sum(debit_cents), sum(credit_cents) FROM turnover
                WHERE account_id = t.account_id)""",
    "turnover is the sum of sealed transfers": """
        WITH sealed AS (SELECT coalesce(max(last_entry), 0) AS id FROM block)
        SELECT a.code FROM account a
         WHERE coalesce((SELECT sum(debit_cents) FROM turnover WHERE account_id = a.id), 0)
            <> coalesce((SELECT sum(amount_cents) FROM transfer WHERE debit_account = a.id
                            AND entry_id <= (SELECT id FROM sealed)), 0)
            OR coalesce((SELECT sum(credit_cents) FROM turnover WHERE account_id = a.id), 0)
            <> coalesce((SELECT sum(amount_cents) FROM transfer WHERE credit_account = a.id
                            AND entry_id <= (SELECT id FROM sealed)), 0)""",
    "nothing was recorded for a day after it was closed": """
        SELECT e.id::text FROM entry e JOIN closed_day c ON c.day = e.booked_on
         WHERE e.recorded_at > c.closed_at""",
    "every rule of the books is switched on for everybody": """
        SELECT c.relname || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
         WHERE NOT t.tgisinternal AND t.tgenabled <> 'A' AND c.relname IN
               ('account', 'guard', 'answer', 'entry', 'transfer', 'hold', 'hold_resolution',
                'closed_day', 'frontier', 'block', 'account_total', 'turnover')""",
    "the application cannot change the books": """
        SELECT table_name || ': ' || privilege_type FROM information_schema.role_table_grants
         WHERE grantee IN ('stadtkasse_app', 'PUBLIC')
           AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')
           AND table_name IN ('account', 'guard', 'answer', 'entry', 'transfer', 'hold',
                              'hold_resolution', 'closed_day', 'frontier', 'block',
                              'account_total', 'turnover')""",
}
SHOWN = 5


def find_faults(session: Session) -> list[str]:
    """One sentence for each promise that does not hold, naming the first few culprits."""
    faults = []
    for promise, query in PROMISES.items():
        culprits = session.scalars(text(f"{query} LIMIT {SHOWN + 1}")).all()
        if culprits:
            more = ", …" if len(culprits) > SHOWN else ""
            faults.append(f"Not true: {promise}: {', '.join(culprits[:SHOWN])}{more}")
    return faults
