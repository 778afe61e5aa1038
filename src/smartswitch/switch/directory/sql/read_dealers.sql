-- read_dealers: every dealer, with the currency and id of its balance. No parameters.
SELECT id, key, parent_id, path, tenant_id, currency, balance_id, pack_id, inbound_pack_id, is_blocked, is_virtual_pbx,
       profit_control, calls_per_second_limit, route_class_id, hunting_class_id
FROM dealer
