"""For every rule in the schema of the books: what somebody tries who means to break it.

An attack is SQL that ends well only when the books took what they must never take. The superuser
runs it: no missing right hides a missing rule. `test_schema.py` fails for a rule without one.
"""

from dataclasses import dataclass

BOOKS = (
    "account", "guard", "answer", "entry", "transfer", "case_reference", "hold",
    "hold_resolution", "closed_day", "frontier", "block", "account_total", "turnover",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attack:
    """`sql` must fail with the name `by` (a constraint, or an SQLSTATE).

    by: None for the rule's own name. also: other rules that would stop it as well, taken away
    first, so that it is this rule that stops it.
    """

    sql: str
    by: str | None = None
    also: tuple[str, ...] = ()


# What the attacks are written in; the ground they start from is made by `test_schema.ground`.
WORDS = """
CREATE FUNCTION id_of(text) RETURNS int LANGUAGE sql AS 'SELECT id FROM account WHERE code = $1';

CREATE FUNCTION a_key(int) RETURNS uuid LANGUAGE sql AS
    $$ SELECT lpad($1::text, 32, '0')::uuid $$;

CREATE FUNCTION an_answer(p_entry bigint) RETURNS uuid LANGUAGE sql AS $$
    INSERT INTO answer (key, request_hash, entry_id)
    VALUES (gen_random_uuid(), sha256('request'), p_entry) RETURNING key $$;

CREATE FUNCTION an_entry(
    p_day date DEFAULT '2026-11-17', p_lines int DEFAULT 1, p_reverses bigint DEFAULT NULL,
    p_id bigint DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE drawn bigint := coalesce(p_id, nextval('entry_number'));
BEGIN
    INSERT INTO entry (id, key, booked_on, line_count, event, canonical, reverses)
    VALUES (drawn, an_answer(drawn), p_day, p_lines, 'attack', '', p_reverses);
    RETURN drawn;
END $$;

CREATE FUNCTION a_transfer(
    p_entry bigint, p_debit int, p_credit int, p_cents bigint DEFAULT 100, p_line int DEFAULT 1,
    p_currency text DEFAULT 'EUR', p_day date DEFAULT '2026-11-17') RETURNS void LANGUAGE sql AS $$
    INSERT INTO transfer
           (entry_id, line, debit_account, credit_account, amount_cents, currency, booked_on)
    VALUES (p_entry, p_line, p_debit, p_credit, p_cents, p_currency, p_day) $$;

CREATE FUNCTION an_account(
    p_code text, p_kind text DEFAULT 'liability', p_currency text DEFAULT 'EUR',
    p_guarded boolean DEFAULT false, p_floor bigint DEFAULT 0, p_is_control boolean DEFAULT false,
    p_control int DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    INSERT INTO account (code, name, kind, currency, guarded, floor_cents, is_control, control_id,
                         clearing)
    VALUES (p_code, p_code, p_kind, p_currency, p_guarded, p_floor, p_is_control, p_control, false)
    $$;

CREATE FUNCTION a_hold(
    p_id uuid, p_cents bigint, p_account int DEFAULT id_of('371010/W-000001'),
    p_placed interval DEFAULT '0', p_for interval DEFAULT '1 hour') RETURNS void LANGUAGE sql AS $$
    INSERT INTO hold (id, account_id, amount_cents, placed_at, expires_at, purpose)
    VALUES (p_id, p_account, p_cents, now() + p_placed, now() + p_placed + p_for, 'meal') $$;

CREATE FUNCTION a_block(
    p_number bigint DEFAULT 2, p_last bigint DEFAULT 2, p_count bigint DEFAULT 1,
    p_size bigint DEFAULT 2, p_root bytea DEFAULT sha256(''), p_range bytea DEFAULT sha256(''))
    RETURNS void LANGUAGE sql AS $$
    INSERT INTO block (number, last_entry, entry_count, tree_size, root, compact_range)
    VALUES (p_number, p_last, p_count, p_size, p_root, p_range) $$;

CREATE FUNCTION stopped() RETURNS void LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the attack came to nothing' USING CONSTRAINT = 'stopped'; END $$;
"""

BANK, REVENUE = "id_of('181000')", "id_of('441100')"
WALLET, SECOND = "id_of('371010/W-000001')", "id_of('371010/W-000002')"
OPEN_HOLD, VOIDED_HOLD, CAPTURED_HOLD, OVERDUE_HOLD = (f"a_key({n})" for n in (1, 2, 3, 4))
CAPTURING_KEY = f"(SELECT entry_key FROM hold_resolution WHERE hold_id = {CAPTURED_HOLD})"
RESOLVE = "INSERT INTO hold_resolution (hold_id, kind, captured_cents, entry_key) VALUES"
_BLOCK_TRIGGERS = ("block_frontier", "block_continues", "block_totals")

_ERASURE = ("case_reference_erased",)

_ACCOUNTS = {
    "account_pkey": [Attack(
        "INSERT INTO account (id, code, name, kind, currency, guarded, floor_cents, is_control,"
        f" clearing) OVERRIDING SYSTEM VALUE VALUES ({BANK}, '9', '', 'asset', 'EUR', false, 0,"
        " false, false)")],
    "account_code_once": [Attack("SELECT an_account('181000')")],
    "account_kind": [Attack("SELECT an_account('9', 'wish')")],
    "account_currency": [Attack("SELECT an_account('9', p_currency => 'eur')")],
    "account_floor": [Attack("SELECT an_account('9', p_floor => 1)")],
    "account_control": [
        Attack("SELECT an_account('9', p_control => 999)", also=("account_opened",))],
    "account_control_is_not_sub": [Attack(
        "SELECT an_account('371010/9', p_guarded => true, p_is_control => true,"
        " p_control => id_of('371010'))")],
    "account_opened": [
        *(Attack(f"SELECT an_account('{code}', {rest}, p_control => id_of('371010'))",
                 by="account_sub_ledger")
          for code, rest in (
              ("371010/9", "'asset', p_guarded => true"),
              ("371010/9", "p_currency => 'CHF', p_guarded => true"),
              ("371010/9", "p_guarded => false"),
              ("371099/9", "p_guarded => true"))),
        Attack("SELECT an_account('9', p_control => id_of('181000'))", by="account_sub_ledger"),
        Attack("SELECT an_account('9', p_guarded => true);"
               "SELECT stopped() FROM guard WHERE account_id = id_of('9')", by="stopped"),
    ],
    "account_stays": [
        Attack(f"UPDATE account SET {change} WHERE code = '{code}'", by="42501")
        for code, change in (
            ("181000", "code = '9'"), ("181000", "kind = 'income'"), ("900000", "currency = 'EUR'"),
            ("371010/W-000001", "guarded = false"), ("371010/W-000001", "floor_cents = -1"),
            ("181000", "is_control = true"), ("371010/W-000001", "control_id = NULL"))],
    "account_is_kept": [Attack("DELETE FROM account WHERE code = '900000'", by="42501")],
    "guard_pkey": [Attack(f"INSERT INTO guard VALUES ({WALLET}, 1, 0, 0, 0)")],
    "guard_account": [Attack("INSERT INTO guard VALUES (999, 1, 0, 0, 0)")],
    "guard_normal": [Attack(f"UPDATE guard SET normal = 0 WHERE account_id = {SECOND}")],
    "guard_held": [Attack(f"UPDATE guard SET held = -1 WHERE account_id = {SECOND}")],
    "guard_above_floor": [
        Attack(f"SELECT a_transfer(an_entry(), {WALLET}, {REVENUE}, 2000)"),
        Attack("SELECT a_hold(gen_random_uuid(), 2000)")],
    "guard_is_kept": [Attack(f"DELETE FROM guard WHERE account_id = {SECOND}", by="42501")],
}  # fmt: skip

_JOURNAL = {
    "answer_pkey": [Attack(
        "INSERT INTO answer SELECT key, sha256('other'), NULL, 'day_closed' FROM answer"
        " WHERE entry_id = 1")],
    "answer_hash": [Attack(
        r"INSERT INTO answer VALUES (gen_random_uuid(), '\x00', NULL, 'day_closed')")],
    "answer_is_one": [
        Attack(f"INSERT INTO answer VALUES (gen_random_uuid(), sha256(''), {both})")
        for both in ("1, 'day_closed'", "NULL, NULL")],
    "entry_pkey": [Attack(
        "INSERT INTO entry (id, key, booked_on, line_count, event, canonical)"
        " SELECT id, key, booked_on, line_count, event, canonical FROM entry WHERE id = 2")],
    "entry_has_lines": [Attack("SELECT an_entry(p_lines => 0)")],
    "entry_reverses": [Attack("SELECT an_entry(p_reverses => 999)")],
    "entry_reversed_once": [Attack("SELECT an_entry(p_reverses => 1), an_entry(p_reverses => 1)")],
    "entry_is_allowed": [
        Attack("SELECT an_entry('2026-11-16')", by="entry_day_open"),
        Attack("INSERT INTO entry (key, booked_on, line_count, event, canonical)"
               " VALUES (gen_random_uuid(), '2026-11-17', 1, '', '')", by="entry_answered"),
        Attack("INSERT INTO entry (key, booked_on, line_count, event, canonical)"
               " SELECT key, '2026-11-17', 1, '', '' FROM answer WHERE entry_id = 2",
               by="entry_answered"),
        Attack("SELECT an_entry(p_id => 0)", by="entry_id_drawn"),
        Attack("SELECT an_entry(p_id => last_value + 1) FROM entry_number", by="entry_id_drawn"),
    ],
    "transfer_pkey": [Attack(
        "INSERT INTO transfer (entry_id, line, debit_account, credit_account, amount_cents,"
        f" currency, booked_on) SELECT an_entry, 1, {BANK}, {REVENUE}, 1, 'EUR', '2026-11-17'"
        " FROM an_entry(p_lines => 2), generate_series(1, 2)", also=("books",))],
    "transfer_amount": [
        Attack(f"SELECT a_transfer(an_entry(), {BANK}, {REVENUE}, {cents})")
        for cents in ("0", "-1", "100000000001")],
    "transfer_two_accounts": [Attack(f"SELECT a_transfer(an_entry(), {BANK}, {BANK})")],
    "books": [
        Attack(f"SELECT a_transfer(an_entry(), 999, {REVENUE})", by="transfer_accounts"),
        Attack(f"SELECT a_transfer(an_entry(), {BANK}, 999)", by="transfer_accounts"),
        Attack(f"SELECT a_transfer(an_entry(), {BANK}, id_of('371010'))", by="transfer_accounts"),
        Attack(f"SELECT a_transfer(an_entry(), {BANK}, id_of('900000'))", by="transfer_accounts"),
        Attack(f"SELECT a_transfer(an_entry(), {BANK}, {REVENUE}, p_currency => 'CHF')",
               by="transfer_accounts"),
        *(Attack(f"SELECT a_transfer({entry}, {BANK}, {REVENUE}{rest})", by="transfer_entry_whole")
          for entry, rest in (
              ("999", ""), ("2", ", p_line => 2"), ("an_entry()", ", p_line => 2"),
              ("an_entry(p_lines => 2)", ""), ("an_entry()", ", p_day => '2026-11-18'"),
              ("an_entry()", ", p_day => '2026-11-16'"))),
        Attack(f"SELECT a_transfer(an_entry(), {WALLET}, {REVENUE}, 701)", by="guard_above_floor"),
    ],
    "case_reference_pkey": [Attack("INSERT INTO case_reference SELECT id FROM case_reference")],
    "case_reference_salt": [Attack(r"UPDATE case_reference SET salt = '\x00'", also=_ERASURE)],
    "case_reference_length": [
        Attack(f"UPDATE case_reference SET value = {value}", also=_ERASURE)
        for value in ("''", "repeat('x', 65)")],
    "case_reference_erased_whole": [
        Attack(f"UPDATE case_reference SET {half} = NULL", also=_ERASURE)
        for half in ("salt", "value")],
    "case_reference_erased": [
        Attack(f"UPDATE case_reference SET {change}", by="42501")
        for change in ("value = 'another'", "id = 99, salt = NULL, value = NULL")],
    "case_reference_is_kept": [Attack("DELETE FROM case_reference", by="42501")],
}  # fmt: skip

_HOLDS = {
    "hold_pkey": [Attack(f"SELECT a_hold({OPEN_HOLD}, 1)")],
    "hold_guarded": [Attack(f"SELECT a_hold(gen_random_uuid(), 1, {BANK})")],
    "hold_amount": [Attack(f"SELECT a_hold(gen_random_uuid(), {cents})") for cents in (0, -1)],
    "hold_ends": [
        Attack(f"SELECT a_hold(gen_random_uuid(), 1, p_for => '{lifetime}')")
        for lifetime in ("0", "-1 second", "92 days 1 second")],
    "hold_placed": [Attack("SELECT a_hold(gen_random_uuid(), 701)", by="guard_above_floor")],
    "hold_resolution_pkey": [Attack(f"{RESOLVE} ({VOIDED_HOLD}, 'voided', 0, NULL)")],
    "hold_resolution_hold": [Attack(f"{RESOLVE} (gen_random_uuid(), 'voided', 0, NULL)")],
    "hold_resolution_kind": [Attack(f"{RESOLVE} ({OPEN_HOLD}, 'lost', 0, NULL)")],
    "hold_resolution_entry": [Attack(
        f"{RESOLVE} ({OPEN_HOLD}, 'captured', 1, gen_random_uuid());"
        " SET CONSTRAINTS ALL IMMEDIATE")],
    "hold_resolution_entry_once": [Attack(
        f"{RESOLVE} ({OPEN_HOLD}, 'captured', 1, {CAPTURING_KEY})")],
    "hold_resolution_capture": [
        Attack(f"{RESOLVE} ({OPEN_HOLD}, {capture})")
        for capture in ("'voided', 1, NULL", "'captured', 1, NULL", "'captured', 0, a_key(9)")],
    "hold_resolved": [
        Attack(f"{RESOLVE} ({OVERDUE_HOLD}, 'voided', 0, NULL)", by="hold_resolution_in_time"),
        Attack(f"{RESOLVE} ({OVERDUE_HOLD}, 'captured', 1, a_key(9))",
               by="hold_resolution_in_time"),
        Attack(f"{RESOLVE} ({OPEN_HOLD}, 'expired', 0, NULL)", by="hold_resolution_in_time"),
        Attack(f"{RESOLVE} ({OPEN_HOLD}, 'captured', 201, a_key(9))", by="hold_resolution_within"),
        Attack(f"{RESOLVE} ({OPEN_HOLD}, 'voided', 0, NULL);"
               f"SELECT stopped() FROM guard WHERE account_id = {WALLET} AND held = 100",
               by="stopped"),
    ],
}  # fmt: skip

_CLOSING = {
    "closed_day_pkey": [Attack("INSERT INTO closed_day VALUES ('2026-11-16', now(), 'x')")],
    "closed_day_is_signed": [Attack(
        "INSERT INTO staff (code, login, name, role) VALUES ('S-9001', 'a.a', 'A', 'finance');"
        " INSERT INTO closed_day VALUES ('2026-11-20', now(), 'S-9001')")],
    "block_pkey": [Attack("SELECT a_block(1)", also=_BLOCK_TRIGGERS)],
    "block_last_entry_once": [Attack("SELECT a_block(p_last => 1)", also=_BLOCK_TRIGGERS)],
    "block_is_not_empty": [Attack("SELECT a_block(p_count => 0)", also=_BLOCK_TRIGGERS)],
    "frontier_pkey": [Attack("INSERT INTO frontier VALUES (1)", also=("frontier_read",))],
    "frontier_read": [Attack(
        "INSERT INTO frontier VALUES (99); SELECT stopped()"
        " WHERE NOT EXISTS (SELECT FROM frontier WHERE last_entry = 99)", by="stopped")],
    "block_frontier": [Attack("SELECT a_block(p_last => 5)")],
    "block_root": [Attack(r"SELECT a_block(p_root => '\x00')")],
    "block_range": [Attack("SELECT a_block(p_range => sha256('') || sha256(''))")],
    "block_continues": [
        *(Attack(f"SELECT a_block({claim})", by="block_continues", also=("block_frontier",))
          for claim in ("3", "p_count => 2", "p_size => 4, p_range => sha256('')", "p_last => 0")),
        Attack("SELECT a_block(p_last => an_entry(), p_count => 2, p_size => 3, p_range =>"
               " sha256('') || sha256(''))", by="block_entries_whole", also=("block_frontier",)),
    ],
    "block_totals": [
        Attack(f"SELECT a_block(); SELECT stopped() FROM {totals} WHERE block_number = 2",
               by="stopped")
        for totals in ("account_total", "turnover")],
    "account_total_pkey": [Attack("INSERT INTO account_total SELECT * FROM account_total")],
    "account_total_account": [Attack("INSERT INTO account_total VALUES (999, 1, 0, 0)")],
    "account_total_block": [Attack(f"INSERT INTO account_total VALUES ({BANK}, 9, 0, 0)")],
    "turnover_pkey": [Attack("INSERT INTO turnover SELECT * FROM turnover")],
    "turnover_account": [Attack("INSERT INTO turnover VALUES (999, '2026-11-17', 1, 0, 0)")],
    "turnover_block": [Attack(f"INSERT INTO turnover VALUES ({BANK}, '2026-11-17', 9, 0, 0)")],
}  # fmt: skip

# One change that would lie about the past, and one row nothing else refers to.
_KEPT = {
    "answer": ("refused = 'never'", "entry_id IS NULL", ()),
    "entry": ("event = 'other'", "id = 2", ()),
    "transfer": ("amount_cents = 1", "entry_id = 2", ()),
    "hold": ("amount_cents = 1", f"id = {OPEN_HOLD}", ()),
    "hold_resolution": ("resolved_at = now()", f"hold_id = {VOIDED_HOLD}", ()),
    "closed_day": ("day = '2026-11-15'", "true", ()),
    "frontier": ("read_at = now()", "true", ("block_frontier",)),
    "block": ("root = sha256('other')", "true", ("account_total_block", "turnover_block")),
    "account_total": ("debit_cents = 0", "true", ()),
    "turnover": ("debit_cents = 0", "true", ()),
}

_STAYS = {
    f"{table}_stays": [
        Attack(f"UPDATE {table} SET {change} WHERE {row}", by="42501"),
        Attack(f"DELETE FROM {table} WHERE {row}", by="42501", also=references),
    ]
    for table, (change, row, references) in _KEPT.items()
}

# TRUNCATE … CASCADE meets the same trigger on every table it reaches: all but one are taken away.
_EMPTIED = {
    f"{table}_is_not_emptied": [
        Attack(f"TRUNCATE {table} CASCADE", by="42501", also=("*_is_not_emptied",))
    ]
    for table in (*_KEPT, "account", "guard", "case_reference")
}

ATTACKS: dict[str, list[Attack]] = (
    _ACCOUNTS | _JOURNAL | _HOLDS | _CLOSING | _STAYS | _EMPTIED
)  # fmt: skip

# Rules about waiting need a second connection: `test_schema.py` has a test of their own for each.
FENCES = {
    "entry_fence": ("pg_advisory_xact_lock", "SELECT an_entry()"),
    "day_fence": (
        "pg_advisory_xact_lock_shared",
        "INSERT INTO closed_day VALUES ('2026-11-20', now(), 'x')",
    ),
}
