"""Bank lines that nothing explains yet, as every rule looks for them."""

# The codes of lines that a person has explained.
DECIDED = """
    SELECT unnest(d.bank_codes) FROM match_decision d
     WHERE d.kind = 'pair' AND d.ended_at IS NULL"""

# A correction of a line that was booked waits until that booking is taken back: else its money
# would be there twice.
WAITS_FOR_REVERSAL = """EXISTS (
        SELECT FROM bank_line_ended g JOIN bank_match b ON b.bank_line_id = g.bank_line_id
         WHERE g.lives_on = l.id AND g.reason = 'superseded'
           AND NOT EXISTS (SELECT FROM entry r WHERE r.reverses = b.entry_id))"""

# Every column of a line, its account, and the statement it stands in.
LINE_COLUMNS = """l.*, s.account AS bank, s.statement_id AS statement_name, s.sequence, s.page,
           s.version"""

# As a table `o`.
OPEN_LINES = f"""
    SELECT {LINE_COLUMNS}
      FROM live_bank_line l JOIN bank_statement s ON s.id = l.statement_id
      LEFT JOIN bank_match m ON m.bank_line_id = l.id
     WHERE l.booked_on <= :until AND m.bank_line_id IS NULL AND NOT l.is_reversal
       AND l.currency = 'EUR' AND l.id::text NOT IN ({DECIDED})
       AND coalesce(l.bank_reference, '') NOT IN ({DECIDED})
       AND NOT {WAITS_FOR_REVERSAL}"""

# Our own transfers that came back are no customer's payment (BTC RRTN; GVC 159, 160).
IS_RETURN = """(l.return_reason IS NOT NULL OR coalesce(l.bank_tx_code, '') LIKE '%/RRTN'
        OR coalesce(l.gvc, '') IN ('159', '160'))"""

# How the entry that books a line as unclear money is called, and whatever is assigned from it.
NAME_OF_LINE = (
    "statement_name || '/' || ordinal || CASE detail WHEN 0 THEN '' ELSE '.' || detail END"
)

# Money somebody sent us.
OPEN_CREDITS = f"{OPEN_LINES} AND l.amount_cents > 0 AND NOT {IS_RETURN}"

# Money that left.
OPEN_DEBITS = f"{OPEN_LINES} AND l.amount_cents < 0"
