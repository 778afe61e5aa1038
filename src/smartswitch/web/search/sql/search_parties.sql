-- search_parties: ids of companies and peers that a text may mean, within the house of the current dealer, the best first
-- (rank 0: the text is its key or name; 1: its key begins with it; 2: its name does; 3: its words do).
-- It runs as the schema's owner: under row-level security no index can answer whether a word begins with a text, since that
-- question could be asked in ways that tell of rows which are hidden. So it keeps to the house by itself, gives nothing but
-- ids, and whoever calls it reads the rows under row-level security.
-- In a house of a few thousand parties all that match are found. In a larger one no more than most_seen of each kind are
-- looked at, among those of everybody, so that a letter with which every other key begins costs no more than another.
-- Statistics of expressions tell little of words, and a look through the whole table is never what helps here.
-- looked_for: in small letters; words: null if there are none; address: of a phone or a line, null if the text is none.
CREATE FUNCTION search_parties(looked_for text, words tsquery, address inet, most integer)
RETURNS TABLE (noun text, id bigint, rank integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    most_seen CONSTANT integer := 20000;
    few CONSTANT integer := 5000;
    house bigint[];
    near bigint[];
BEGIN
    IF current_dealer() IS NULL OR NOT acts_for_dealer() THEN
        RETURN;
    END IF;
    IF NOT current_dealer_is_owner() THEN
        house := ARRAY(SELECT d.id FROM dealer AS d WHERE d.path @> ARRAY[current_dealer()]);
        IF (SELECT count(*) < few FROM (SELECT FROM company AS c WHERE c.dealer_id = ANY (house) LIMIT few) AS v)
           AND (SELECT count(*) < few FROM (SELECT FROM peer AS p WHERE p.dealer_id = ANY (house) LIMIT few) AS v) THEN
            near := house;
        END IF;
    END IF;
    RETURN QUERY
        SELECT 'company', v.id, min(v.rank)
        FROM (
            (SELECT k.id, CASE WHEN k.word = looked_for THEN 0 ELSE 1 END AS rank
             FROM (SELECT c.id, c.dealer_id, lower(c.key) AS word FROM company AS c
                   WHERE lower(c.key) ^@ looked_for AND (near IS NULL OR c.dealer_id = ANY (near))
                   ORDER BY lower(c.key) USING ~<~ LIMIT most_seen) AS k
             WHERE house IS NULL OR k.dealer_id = ANY (house)
             ORDER BY k.word USING ~<~ LIMIT most)
            UNION ALL
            (SELECT k.id, CASE WHEN k.word = looked_for THEN 0 ELSE 2 END
             FROM (SELECT c.id, c.dealer_id, lower(left(c.name, 100)) AS word FROM company AS c
                   WHERE lower(left(c.name, 100)) ^@ looked_for AND (near IS NULL OR c.dealer_id = ANY (near))
                   ORDER BY lower(left(c.name, 100)) USING ~<~ LIMIT most_seen) AS k
             WHERE house IS NULL OR k.dealer_id = ANY (house)
             ORDER BY k.word USING ~<~ LIMIT most)
            UNION ALL
            (SELECT k.id, 3
             FROM (SELECT c.id, c.dealer_id FROM company AS c
                   WHERE words_of(c.key || ' ' || c.name) @@ words AND (near IS NULL OR c.dealer_id = ANY (near))
                   LIMIT most_seen) AS k
             WHERE house IS NULL OR k.dealer_id = ANY (house)
             LIMIT most)
        ) AS v
        GROUP BY v.id ORDER BY 3, 2 LIMIT most;
    RETURN QUERY
        SELECT 'peer', v.id, min(v.rank)
        FROM (
            (SELECT k.id, CASE WHEN k.word = looked_for THEN 0 ELSE 1 END AS rank
             FROM (SELECT p.id, p.dealer_id, lower(p.key) AS word FROM peer AS p
                   WHERE lower(p.key) ^@ looked_for AND (near IS NULL OR p.dealer_id = ANY (near))
                   ORDER BY lower(p.key) USING ~<~ LIMIT most_seen) AS k
             WHERE house IS NULL OR k.dealer_id = ANY (house)
             ORDER BY k.word USING ~<~ LIMIT most)
            UNION ALL
            (SELECT k.id, CASE WHEN k.word = looked_for THEN 0 ELSE 2 END
             FROM (SELECT p.id, p.dealer_id, lower(left(p.name, 100)) AS word FROM peer AS p
                   WHERE lower(left(p.name, 100)) ^@ looked_for AND (near IS NULL OR p.dealer_id = ANY (near))
                   ORDER BY lower(left(p.name, 100)) USING ~<~ LIMIT most_seen) AS k
             WHERE house IS NULL OR k.dealer_id = ANY (house)
             ORDER BY k.word USING ~<~ LIMIT most)
            UNION ALL
            (SELECT k.id, 3
             FROM (SELECT p.id, p.dealer_id FROM peer AS p
                   WHERE words_of(p.key || ' ' || COALESCE(p.auth_username, '') || ' ' || COALESCE(p.extension, '') || ' '
                                  || COALESCE(p.caller_number, '') || ' ' || p.name) @@ words
                     AND (near IS NULL OR p.dealer_id = ANY (near))
                   LIMIT most_seen) AS k
             WHERE house IS NULL OR k.dealer_id = ANY (house)
             LIMIT most)
        ) AS v
        GROUP BY v.id ORDER BY 3, 2 LIMIT most;
    RETURN QUERY
        SELECT 'peer', p.id, 0
        FROM peer_address AS a
        JOIN peer AS p ON p.id = a.peer_id
        WHERE address IS NOT NULL AND a.network >>= address AND (house IS NULL OR p.dealer_id = ANY (house))
        LIMIT most;
END $$;
REVOKE EXECUTE ON FUNCTION search_parties FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_parties TO smartswitch_web;
