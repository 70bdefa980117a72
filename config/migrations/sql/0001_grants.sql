-- The application adds to the books and reads them; it never changes or deletes, and guards move only by trigger.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO stadtkasse_app;
GRANT INSERT ON answer, transfer, case_reference, frontier TO stadtkasse_app;
-- Column by column where a time is the database's clock and nobody else's.
GRANT INSERT (code, name, kind, currency, guarded, floor_cents, is_control, control_id, clearing) ON account TO stadtkasse_app;
GRANT INSERT (id, key, reverses, booked_on, line_count, event, reference, canonical) ON entry TO stadtkasse_app;
GRANT INSERT (id, account_id, amount_cents, expires_at, purpose) ON hold TO stadtkasse_app;
GRANT INSERT (hold_id, kind, captured_cents, entry_key) ON hold_resolution TO stadtkasse_app;
GRANT INSERT (day, closed_by) ON closed_day TO stadtkasse_app;
GRANT INSERT (number, last_entry, entry_count, tree_size, root, compact_range) ON block TO stadtkasse_app;
GRANT UPDATE (name) ON account TO stadtkasse_app;
GRANT UPDATE (salt, value) ON case_reference TO stadtkasse_app; -- erasure
GRANT USAGE, SELECT ON SEQUENCE entry_number, case_number TO stadtkasse_app;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION release_expired, lock_guards, post_one, post_lines TO stadtkasse_app;
