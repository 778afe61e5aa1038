-- read_packs: the terms of every billing pack, and its version, which rises with its prices. No parameters.
SELECT id, key, currency, decimals, rounding, increment_from, tax_mode, tax_ppm, time_zone, version
FROM billing_pack
