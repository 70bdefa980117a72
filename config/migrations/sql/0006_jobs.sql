-- Jobs are no books: the application fetches, finishes and forgets them.
DO $$
DECLARE thing text;
BEGIN
    FOREACH thing IN ARRAY ARRAY['procrastinate_workers', 'procrastinate_jobs', 'procrastinate_periodic_defers', 'procrastinate_events'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO stadtkasse_app', thing);
        EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO stadtkasse_app', pg_get_serial_sequence(thing, 'id'));
    END LOOP;
    FOR thing IN SELECT oid::regprocedure::text FROM pg_proc
                  WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'procrastinate\_%' LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', thing);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO stadtkasse_app', thing);
    END LOOP;
END $$;
