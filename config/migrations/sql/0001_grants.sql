-- The application adds to the books and reads them; it never changes or deletes, and guards move only by trigger.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO stadtkasse_app;
GRANT INSERT ON account, answer, entry, transfer, case_reference, hold, hold_resolution, closed_day, block TO stadtkasse_app;
GRANT UPDATE (name) ON account TO stadtkasse_app;
GRANT UPDATE (salt, value) ON case_reference TO stadtkasse_app; -- erasure
GRANT USAGE, SELECT ON SEQUENCE entry_number, case_number TO stadtkasse_app;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION release_expired, lock_guards, post_one, post_lines TO stadtkasse_app;
