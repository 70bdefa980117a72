-- Posting in one round trip. The order of locks is the same everywhere:
-- fence, guards by account, keys by key, rows. Each step is a statement of its own, so under READ COMMITTED
-- each sees what was committed while the one before it waited.

-- Give back what expired holds of an account still keep; returns the cents released.
CREATE FUNCTION release_expired(p_account int) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH released AS (
        INSERT INTO hold_resolution (hold_id, kind)
        SELECT h.id, 'expired' FROM hold h LEFT JOIN hold_resolution r ON r.hold_id = h.id
         WHERE h.account_id = p_account AND h.expires_at <= clock_timestamp() AND r.hold_id IS NULL
            ON CONFLICT DO NOTHING RETURNING hold_id)
    SELECT coalesce(sum(h.amount_cents), 0)::bigint FROM released JOIN hold h ON h.id = released.hold_id
$$;

-- Lock guards in account order; rows for the guarded ones among p_accounts only.
CREATE FUNCTION lock_guards(p_accounts int[]) RETURNS SETOF guard
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM guard WHERE account_id = ANY (p_accounts) ORDER BY account_id FOR NO KEY UPDATE
$$;

-- Why a guarded account cannot move by p_change, or NULL. The caller holds the guard's lock and is one of ours.
CREATE FUNCTION refusal_of_funds(p_guard guard, p_change bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE available bigint := p_guard.posted - p_guard.held - p_guard.floor;
BEGIN
    IF p_change >= 0 OR available + p_change >= 0 THEN
        RETURN NULL;
    END IF;
    available := available + release_expired(p_guard.account_id);
    IF available + p_change >= 0 THEN
        RETURN NULL;
    END IF;
    RETURN jsonb_build_object('account', (SELECT code FROM account WHERE id = p_guard.account_id),
                              'available_cents', available, 'needed_cents', -p_change);
END $$;

-- p_guarded: which of the two accounts is guarded, if one is (two go through post_lines). The caller knows, since that
-- never changes; a caller who is wrong meets guard_above_floor.
-- A till's lone charge with one transfer: scalars only, because array parameters are planned anew at each call.
-- o_state: p(osted now), r(eplayed answer), c(onflict: the key came with other content).
CREATE FUNCTION post_one(
    p_key uuid, p_request_hash bytea, p_booked_on date, p_event text, p_reference text, p_canonical bytea,
    p_debit int, p_credit int, p_guarded int, p_amount bigint, p_currency text, p_facility text, p_product text, p_cost_centre text,
    p_tax_code text, p_sphere text, p_channel text, p_till text, p_shift text, p_case_salt bytea, p_case_value text,
    OUT o_state text, OUT o_entry_id bigint, OUT o_refused text, OUT o_data jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    fence text;
    g guard;
    known answer;
    case_id bigint;
BEGIN
    fence := pg_advisory_xact_lock_shared(4711);
    IF EXISTS (SELECT FROM closed_day WHERE day = p_booked_on) THEN
        o_refused := 'day_closed';
        o_data := jsonb_build_object('day', p_booked_on);
    END IF;
    IF p_guarded IS NOT NULL THEN
        SELECT * INTO g FROM guard WHERE account_id = p_guarded FOR NO KEY UPDATE;
        IF o_refused IS NULL THEN
            o_data := refusal_of_funds(g, g.normal * CASE p_guarded WHEN p_credit THEN p_amount ELSE -p_amount END);
            IF o_data IS NOT NULL THEN
                o_refused := 'balance_too_low';
            END IF;
        END IF;
    END IF;
    IF o_refused IS NULL THEN
        o_entry_id := nextval('entry_number');
    END IF;
    INSERT INTO answer (key, request_hash, entry_id, refused, data)
    VALUES (p_key, p_request_hash, o_entry_id, o_refused, o_data) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT * INTO known FROM answer WHERE key = p_key;
        o_state := CASE WHEN known.request_hash = p_request_hash THEN 'r' ELSE 'c' END;
        o_entry_id := known.entry_id;
        o_refused := known.refused;
        o_data := known.data;
        RETURN;
    END IF;
    o_state := 'p';
    IF o_refused IS NOT NULL THEN
        RETURN;
    END IF;
    IF p_case_value IS NOT NULL THEN
        case_id := nextval('case_number');
        INSERT INTO case_reference (id, salt, value) VALUES (case_id, p_case_salt, p_case_value);
    END IF;
    INSERT INTO entry (id, key, booked_on, line_count, event, reference, canonical)
    VALUES (o_entry_id, p_key, p_booked_on, 1, p_event, p_reference, p_canonical);
    INSERT INTO transfer (entry_id, line, debit_account, credit_account, amount_cents, currency, booked_on, case_id,
                          facility, product, cost_centre, tax_code, sphere, channel, till, shift)
    VALUES (o_entry_id, 1, p_debit, p_credit, p_amount, p_currency, p_booked_on, case_id,
            p_facility, p_product, p_cost_centre, p_tax_code, p_sphere, p_channel, p_till, p_shift);
END $$;

-- The same for one entry of any length, and for a reversal.
CREATE FUNCTION post_lines(
    p_key uuid, p_request_hash bytea, p_booked_on date, p_event text, p_reference text, p_canonical bytea, p_reverses bigint,
    p_debit int[], p_credit int[], p_amount bigint[], p_currency text[], p_facility text[], p_product text[],
    p_cost_centre text[], p_tax_code text[], p_sphere text[], p_channel text[], p_till text[], p_shift text[],
    p_case_salt bytea[], p_case_value text[],
    OUT o_state text, OUT o_entry_id bigint, OUT o_refused text, OUT o_data jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    fence text;
    g record;
    known answer;
    case_ids bigint[];
BEGIN
    fence := pg_advisory_xact_lock_shared(4711);
    IF EXISTS (SELECT FROM closed_day WHERE day = p_booked_on) THEN
        o_refused := 'day_closed';
        o_data := jsonb_build_object('day', p_booked_on);
    END IF;
    FOR g IN
        SELECT guard AS it, moved.net FROM guard
          JOIN (SELECT id, sum(cents)::bigint AS net
                  FROM (SELECT unnest(p_credit) AS id, unnest(p_amount) AS cents
                        UNION ALL SELECT unnest(p_debit), -unnest(p_amount)) both_sides GROUP BY id) moved
            ON guard.account_id = moved.id
         ORDER BY guard.account_id FOR NO KEY UPDATE OF guard
    LOOP
        IF o_refused IS NULL THEN
            o_data := refusal_of_funds(g.it, (g.it).normal * g.net);
            IF o_data IS NOT NULL THEN
                o_refused := 'balance_too_low';
            END IF;
        END IF;
    END LOOP;
    IF p_reverses IS NOT NULL AND o_refused IS NULL THEN
        -- Two reversals of one entry meet here; the second then sees the first.
        PERFORM FROM entry WHERE id = p_reverses FOR NO KEY UPDATE;
        IF EXISTS (SELECT FROM entry WHERE reverses = p_reverses) THEN
            o_refused := 'already_reversed';
            o_data := jsonb_build_object('entry_id', p_reverses);
        END IF;
    END IF;
    IF o_refused IS NULL THEN
        o_entry_id := nextval('entry_number');
    END IF;
    INSERT INTO answer (key, request_hash, entry_id, refused, data)
    VALUES (p_key, p_request_hash, o_entry_id, o_refused, o_data) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT * INTO known FROM answer WHERE key = p_key;
        o_state := CASE WHEN known.request_hash = p_request_hash THEN 'r' ELSE 'c' END;
        o_entry_id := known.entry_id;
        o_refused := known.refused;
        o_data := known.data;
        RETURN;
    END IF;
    o_state := 'p';
    IF o_refused IS NOT NULL THEN
        RETURN;
    END IF;
    WITH numbered AS (
        SELECT line, CASE WHEN value IS NOT NULL THEN nextval('case_number') END AS id, salt, value
          FROM unnest(p_case_salt, p_case_value) WITH ORDINALITY AS c (salt, value, line)),
    kept AS (
        INSERT INTO case_reference (id, salt, value) SELECT id, salt, value FROM numbered WHERE id IS NOT NULL)
    SELECT array_agg(id ORDER BY line) INTO case_ids FROM numbered;
    INSERT INTO entry (id, key, booked_on, line_count, event, reference, canonical, reverses)
    VALUES (o_entry_id, p_key, p_booked_on, cardinality(p_debit), p_event, p_reference, p_canonical, p_reverses);
    INSERT INTO transfer (entry_id, line, debit_account, credit_account, amount_cents, currency, booked_on, case_id,
                          facility, product, cost_centre, tax_code, sphere, channel, till, shift)
    SELECT o_entry_id, n, p_debit[n], p_credit[n], p_amount[n], p_currency[n], p_booked_on, case_ids[n],
           p_facility[n], p_product[n], p_cost_centre[n], p_tax_code[n], p_sphere[n], p_channel[n], p_till[n], p_shift[n]
      FROM generate_series(1, cardinality(p_debit)) AS n;
END $$;
