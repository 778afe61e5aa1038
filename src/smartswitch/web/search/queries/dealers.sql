-- dealers: dealers below a dealer that a text means, the best first.
-- dealer: id; looked_for: the text in small letters; words: a tsquery or null; most: how many.
SELECT v.rank, v.id, v.key, v.name, v.parent, v.parent_name
FROM (
    SELECT d.id, d.key, d.name, above.key AS parent, above.name AS parent_name,
           CASE WHEN %(looked_for)s IN (lower(d.key), lower(d.name)) THEN 0
                WHEN lower(d.key) ^@ %(looked_for)s THEN 1
                WHEN lower(d.name) ^@ %(looked_for)s THEN 2
                WHEN words_of(d.key || ' ' || d.name) @@ %(words)s::tsquery THEN 3 END AS rank
    FROM dealer AS d
    JOIN dealer AS above ON above.id = d.parent_id
    WHERE d.path @> ARRAY[%(dealer)s]::bigint[] AND d.id <> %(dealer)s
) AS v
WHERE v.rank IS NOT NULL
ORDER BY v.rank, v.key
LIMIT %(most)s
