-- Price lists are changed by the million. Up to a thousand prices in one statement are audited one by one; of more, one entry
-- a pack says how many and which: the rows themselves stay, since a price is never changed once in force.

CREATE FUNCTION audit_prices() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    most_in_full CONSTANT integer := 1000;
    many boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT count(*) > most_in_full INTO many FROM (SELECT FROM new_rows LIMIT most_in_full + 1) AS v;
        PERFORM audit_write('price', f ->> 'id', audit_dealer('price', f), 'insert', NULL, f)
        FROM (SELECT to_jsonb(n) AS f FROM new_rows AS n WHERE NOT many) AS v;
        PERFORM audit_write('price', NULL, v.dealer_id, 'insert', NULL, v.summary)
        FROM (
            SELECT p.dealer_id, jsonb_build_object('pack_id', n.pack_id, 'rows', count(*), 'first_id', min(n.id),
                                                   'last_id', max(n.id)) AS summary
            FROM new_rows AS n JOIN billing_pack AS p ON p.id = n.pack_id
            WHERE many GROUP BY n.pack_id, p.dealer_id
        ) AS v;
    ELSIF TG_OP = 'DELETE' THEN
        -- Only prices that never were in force can be deleted; they are kept here, a thousand to an entry.
        PERFORM audit_write('price', CASE WHEN v.rows = 1 THEN v.first_id::text END, v.dealer_id, 'delete',
                            CASE WHEN v.rows = 1 THEN v.prices -> 0 ELSE jsonb_build_object(
                                'pack_id', v.pack_id, 'rows', v.rows, 'prices', v.prices) END, NULL)
        FROM (
            SELECT o.pack_id, p.dealer_id, count(*) AS rows, min(o.id) AS first_id, jsonb_agg(to_jsonb(o) - 'n') AS prices
            FROM (SELECT r.*, row_number() OVER (PARTITION BY r.pack_id ORDER BY r.id) - 1 AS n FROM old_rows AS r) AS o
            LEFT JOIN billing_pack AS p ON p.id = o.pack_id
            GROUP BY o.pack_id, p.dealer_id, o.n / most_in_full
        ) AS v;
    ELSE
        SELECT count(*) > most_in_full INTO many FROM (SELECT FROM new_rows LIMIT most_in_full + 1) AS v;
        -- Of many prices that only ended, one entry; every other change in full.
        PERFORM audit_write('price', v.after ->> 'id', audit_dealer('price', v.after), 'update',
                            audit_difference(v.before, v.after), audit_difference(v.after, v.before))
        FROM (
            SELECT to_jsonb(o) AS before, to_jsonb(n) AS after
            FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
            WHERE NOT (many AND o.valid_from < now())
        ) AS v
        WHERE v.before <> v.after;
        PERFORM audit_write('price', NULL, v.dealer_id, 'update', v.was, v.became)
        FROM (
            SELECT p.dealer_id,
                   jsonb_build_object('pack_id', n.pack_id, 'rows', count(*), 'valid_to', min(o.valid_to)) AS was,
                   jsonb_build_object('pack_id', n.pack_id, 'rows', count(*), 'valid_to', n.valid_to, 'first_id', min(n.id),
                                      'last_id', max(n.id)) AS became
            FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id JOIN billing_pack AS p ON p.id = n.pack_id
            WHERE many AND o.valid_from < now() AND o.valid_to <> n.valid_to
            GROUP BY n.pack_id, p.dealer_id, o.valid_to, n.valid_to
        ) AS v;
    END IF;
    RETURN NULL;
END $$;
SELECT audit_table('price', 'id', 'audit_prices', ARRAY['INSERT', 'UPDATE', 'DELETE']);
