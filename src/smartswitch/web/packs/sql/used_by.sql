-- Who uses a pack is asked on its page and when it is deleted; without these every customer would be looked at.
CREATE INDEX dealer_pack ON dealer (pack_id) WHERE pack_id IS NOT NULL;
CREATE INDEX dealer_inbound_pack ON dealer (inbound_pack_id) WHERE inbound_pack_id IS NOT NULL;
CREATE INDEX company_pack ON company (pack_id) WHERE pack_id IS NOT NULL;
CREATE INDEX company_inbound_pack ON company (inbound_pack_id) WHERE inbound_pack_id IS NOT NULL;
CREATE INDEX peer_pack ON peer (pack_id) WHERE pack_id IS NOT NULL;
CREATE INDEX peer_inbound_pack ON peer (inbound_pack_id) WHERE inbound_pack_id IS NOT NULL;
CREATE INDEX terminator_pack ON terminator (pack_id) WHERE pack_id IS NOT NULL;

-- The same for route classes and hunting classes.
CREATE INDEX dealer_route_class ON dealer (route_class_id) WHERE route_class_id IS NOT NULL;
CREATE INDEX peer_route_class ON peer (route_class_id) WHERE route_class_id IS NOT NULL;
CREATE INDEX dealer_hunting_class ON dealer (hunting_class_id) WHERE hunting_class_id IS NOT NULL;
