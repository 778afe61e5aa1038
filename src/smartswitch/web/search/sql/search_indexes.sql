-- words_of: the words of a line: runs of letters and digits, in small letters. No dictionary: names are in many languages. What
-- lies beyond a thousand characters is not found.
CREATE FUNCTION words_of(line text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_remove(
        string_to_array(lower(regexp_replace(left(line, 1000), '[^[:alnum:]]+', ' ', 'g')), ' '), ''))
$$;
-- Keys and names by their beginning, in the order of bytes, so that it does not depend on the locale of the database. What
-- is indexed of a name is short: an entry of an index has its limit.
CREATE INDEX company_search_key ON company (lower(key) text_pattern_ops);
CREATE INDEX company_search_name ON company (lower(left(name, 100)) text_pattern_ops);
CREATE INDEX company_search_words ON company USING gin (words_of(key || ' ' || name));
CREATE INDEX peer_search_key ON peer (lower(key) text_pattern_ops);
CREATE INDEX peer_search_name ON peer (lower(left(name, 100)) text_pattern_ops);
CREATE INDEX peer_search_words ON peer USING gin (words_of(
    key || ' ' || COALESCE(auth_username, '') || ' ' || COALESCE(extension, '') || ' ' || COALESCE(caller_number, '')
    || ' ' || name));
CREATE INDEX peer_address_search ON peer_address USING gist (network inet_ops);
CREATE INDEX did_search ON did (number text_pattern_ops);
