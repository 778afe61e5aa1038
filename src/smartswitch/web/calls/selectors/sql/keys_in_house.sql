-- keys_in_house: which of some keys are dealers of a dealer's house. dealer: id; keys: text[].
SELECT d.key FROM dealer AS d WHERE d.key = ANY (%(keys)s) AND d.path @> ARRAY[%(dealer)s]::bigint[]
