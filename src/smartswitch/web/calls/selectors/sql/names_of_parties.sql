-- names_of_parties: what the parties with these keys are called, as far as the session may see them. keys: text[].
SELECT key, name FROM dealer WHERE key = ANY (%(keys)s::text[]) AND name <> ''
UNION ALL
SELECT key, name FROM company WHERE key = ANY (%(keys)s::text[]) AND name <> ''
UNION ALL
SELECT key, name FROM peer WHERE key = ANY (%(keys)s::text[]) AND name <> ''
