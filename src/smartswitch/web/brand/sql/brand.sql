-- Brands: whose they are, who may see and change them, what the audit says of them, and how they are found before anybody has
-- logged in.

ALTER TABLE brand
    ADD CONSTRAINT brand_dealer FOREIGN KEY (dealer_id) REFERENCES dealer (id) ON DELETE CASCADE,
    ADD CONSTRAINT brand_logo_is_small CHECK (octet_length(logo) <= 204800),
    ADD CONSTRAINT brand_host_name_is_short CHECK (length(host_name) <= 253);

GRANT SELECT, INSERT, UPDATE, DELETE ON brand TO smartswitch_web;
ALTER TABLE brand ENABLE ROW LEVEL SECURITY;
CREATE POLICY machines ON brand TO smartswitch_worker USING (true) WITH CHECK (true);
SELECT allow_web('brand', 'ALL',
    '(SELECT current_dealer_is_owner()) OR EXISTS (SELECT FROM dealer AS d WHERE d.id = dealer_id AND d.path @> ARRAY[current_dealer()])');
-- Customers see the brand, but not its row.
CREATE POLICY party ON brand AS RESTRICTIVE FOR ALL TO smartswitch_web
    USING ((SELECT acts_for_dealer())) WITH CHECK ((SELECT acts_for_dealer()));

-- brand_visible: a brand as the audit may show it: of the logo how big it is and by what it is known, not the picture itself.
CREATE FUNCTION brand_visible(row_of brand) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(row_of) - 'logo' || jsonb_build_object('logo',
        CASE WHEN row_of.logo IS NOT NULL
             THEN format('(%s bytes, %s)', octet_length(row_of.logo), left(encode(sha256(row_of.logo), 'hex'), 8)) END)
$$;

-- audit_brand: an entry for each row, as audit_rows makes them.
CREATE FUNCTION audit_brand() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    was jsonb;
    became jsonb;
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM audit_write('brand', NEW.dealer_id::text, NEW.dealer_id, 'insert', NULL, brand_visible(NEW));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM audit_write('brand', OLD.dealer_id::text, OLD.dealer_id, 'delete', brand_visible(OLD), NULL);
    ELSE
        was := brand_visible(OLD);
        became := brand_visible(NEW);
        IF was <> became THEN
            PERFORM audit_write('brand', NEW.dealer_id::text, NEW.dealer_id, 'update',
                                audit_difference(was, became), audit_difference(became, was));
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_changes AFTER INSERT OR UPDATE OR DELETE ON brand FOR EACH ROW EXECUTE FUNCTION audit_brand();

-- The functions below run as the schema's owner: they are asked before the transaction acts for a dealer, and for dealers whose
-- brand is that of one above. They tell no more than what everybody sees who comes by the host name.

-- brand_hosts: every host name of a brand, and whose it is.
CREATE FUNCTION brand_hosts() RETURNS TABLE (host_name text, dealer_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT b.host_name, b.dealer_id FROM brand AS b WHERE b.host_name IS NOT NULL
$$;

-- brand_for: the brand that a dealer's people and customers see: its own, or that of the nearest dealer above that has one.
-- `logo_sha256` instead of the logo, in hexadecimal digits; null without one.
CREATE FUNCTION brand_for(looked_for bigint) RETURNS TABLE (
    dealer_id bigint, product_name text, host_name text, logo_sha256 text, logo_width integer, logo_height integer,
    colour text, support text, language text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT b.dealer_id, b.product_name, b.host_name, encode(sha256(b.logo), 'hex'), b.logo_width, b.logo_height, b.colour,
           b.support, b.language
    FROM dealer AS d
    CROSS JOIN unnest(d.path) WITH ORDINALITY AS step (id, position)
    JOIN brand AS b ON b.dealer_id = step.id
    WHERE d.id = looked_for
    ORDER BY step.position DESC
    LIMIT 1
$$;

-- brand_owner: the dealer whose brand is shown where nobody has logged in, at a host of no brand.
CREATE FUNCTION brand_owner() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.id FROM dealer AS d WHERE d.parent_id IS NULL
$$;

-- brand_logo: the picture of a dealer's brand, if it is still the one with this SHA-256.
CREATE FUNCTION brand_logo(looked_for bigint, sha256_hex text) RETURNS TABLE (logo bytea, logo_type text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT b.logo, b.logo_type FROM brand AS b
    WHERE b.dealer_id = looked_for AND encode(sha256(b.logo), 'hex') = sha256_hex
$$;

-- trusted_host: the host to which a link with a secret may lead that is sent to somebody of a dealer. `asked` is the host by
-- which the request came, which its sender chooses freely: it is taken if it is no brand's, or that of the dealer's own or one
-- above. Another dealer's name is not: he could lead it anywhere and read the secret. Then it is the host of the brand that
-- the dealer's people see; null if that has none.
CREATE FUNCTION trusted_host(asked text, for_dealer bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN NOT EXISTS (
                    SELECT FROM brand AS b
                    WHERE b.host_name = asked
                      AND NOT b.dealer_id = ANY ((SELECT d.path FROM dealer AS d WHERE d.id = for_dealer)::bigint[]))
                THEN asked
                ELSE (SELECT f.host_name FROM brand_for(for_dealer) AS f) END
$$;

REVOKE EXECUTE ON FUNCTION brand_hosts, brand_for, brand_owner, brand_logo, trusted_host FROM PUBLIC;
GRANT EXECUTE ON FUNCTION brand_hosts, brand_for, brand_owner, brand_logo, trusted_host TO smartswitch_web;
GRANT EXECUTE ON FUNCTION brand_for, trusted_host TO smartswitch_worker;
-- The worker sends the links.
GRANT SELECT (dealer_id) ON login TO smartswitch_worker;
