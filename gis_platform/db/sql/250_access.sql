-- Who may ask what. The public role sees no table of this schema: it may call four functions, of which one
-- looks a key up by its hash, one takes from a caller's allowance, one tells which levels are public, and one
-- tells the units of a door to a key that has the right, never without writing down who asked and what for.

CREATE OR REPLACE FUNCTION access.key(hash text)
RETURNS TABLE (prefix text, unit text, scopes text[], per_second double precision, expires_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE access.api_key AS k SET last_used_at = now()
        WHERE k.sha256 = hash AND k.revoked_at IS NULL AND k.expires_at > now()
          AND (k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute');
    RETURN QUERY SELECT k.prefix, k.unit, k.scopes, k.per_second, k.expires_at FROM access.api_key AS k
        WHERE k.sha256 = hash AND k.revoked_at IS NULL AND k.expires_at > now();
END $$;

-- Takes up to `wanted` tokens out of a bucket that fills with `per_second` up to `burst`; at least one,
-- or none and how long until there is one. One statement, so that workers do not overdraw together.
CREATE OR REPLACE FUNCTION access.take(caller text, wanted double precision, per_second double precision,
                                       burst double precision)
RETURNS TABLE (granted double precision, remaining double precision, wait double precision)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    filled double precision;
    given double precision;
BEGIN
    INSERT INTO access.bucket AS b (id, tokens, at) VALUES (caller, burst, moment)
        ON CONFLICT (id) DO UPDATE
        SET tokens = least(burst, b.tokens + per_second * greatest(0, extract(epoch FROM moment - b.at))),
            at = greatest(b.at, moment)
        RETURNING b.tokens INTO filled;
    given := floor(least(wanted, filled));
    UPDATE access.bucket AS b SET tokens = filled - given WHERE b.id = caller;
    IF random() < 0.001 THEN
        DELETE FROM access.bucket AS b USING (
            SELECT o.id FROM access.bucket AS o WHERE o.at < moment - interval '10 minutes'
            FOR UPDATE SKIP LOCKED) AS old WHERE b.id = old.id;
    END IF;
    RETURN QUERY SELECT given, filled - given, CASE WHEN given >= 1 THEN 0 ELSE (1 - filled) / per_second END;
END $$;

-- Levels of the address service whose layer is public now.
CREATE OR REPLACE FUNCTION access.public_levels() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(array_agg(layer ORDER BY layer), '{}') FROM catalogue.layer_version
    WHERE state = 'published' AND layer = ANY (ARRAY['numarataj', 'csbm', 'mahalle', 'yapi'])
$$;

-- The units of a door in force, for a key with the scope `unit`; the reading is written down in the same
-- transaction. No name of a unit is among what is told: it may be that of a person.
CREATE OR REPLACE FUNCTION access.units(hash text, purpose text, request_id text, door bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    mine access.api_key;
    found jsonb;
BEGIN
    SELECT * INTO mine FROM access.api_key AS k WHERE k.sha256 = hash AND k.revoked_at IS NULL
        AND k.expires_at > now() AND 'unit' = ANY (k.scopes);
    IF mine.prefix IS NULL THEN
        RAISE EXCEPTION 'this key may not read units' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF length(btrim(purpose)) < 3 THEN
        RAISE EXCEPTION 'units are not read without a purpose' USING ERRCODE = 'check_violation';
    END IF;
    SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('adres_no', bb.kimlik_no, 'ic_kapi_no', bb.ic_kapi_no,
            'kat_no', bb.kat_no, 'tip', bb.tip, 'kullanim_turu', bb.kullanim_turu))
            ORDER BY address.number_of(bb.ic_kapi_no), bb.ic_kapi_no, bb.kimlik_no)
        INTO found
        FROM maks.numarataj_version AS n
        JOIN maks.bagimsiz_bolum_version AS bb ON bb.numarataj_id = n.id AND bb.valid_to IS NULL
        WHERE n.kimlik_no = door AND n.valid_to IS NULL;
    IF found IS NULL AND NOT EXISTS (
            SELECT FROM maks.numarataj_version AS n WHERE n.kimlik_no = door AND n.valid_to IS NULL) THEN
        RETURN NULL;
    END IF;
    INSERT INTO access.unit_reading (prefix, unit, purpose, request_id, numarataj, units)
        VALUES (mine.prefix, mine.unit, btrim(purpose), request_id, door, coalesce(jsonb_array_length(found), 0));
    RETURN coalesce(found, '[]');
END $$;

CREATE OR REPLACE FUNCTION access.only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of unit readings is not changed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON access.unit_reading
    FOR EACH STATEMENT EXECUTE FUNCTION access.only_grows();

-- A key that was revoked stays so, and what it may do is what it was given.
CREATE OR REPLACE FUNCTION access.key_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
        RAISE EXCEPTION 'a revoked key stays revoked' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER key_stays BEFORE UPDATE ON access.api_key
    FOR EACH ROW EXECUTE FUNCTION access.key_stays();

REVOKE ALL ON SCHEMA access FROM PUBLIC, gis_etl, gis_office, gis_portal;
REVOKE ALL ON ALL TABLES IN SCHEMA access FROM PUBLIC, gis_etl, gis_office, gis_portal;
REVOKE ALL ON ALL ROUTINES IN SCHEMA access FROM PUBLIC, gis_etl, gis_office, gis_portal;
GRANT USAGE ON SCHEMA access TO gis_etl, gis_office, gis_portal;
GRANT SELECT, INSERT, UPDATE, DELETE ON access.batch_job, access.webhook TO gis_etl;
GRANT SELECT ON access.api_key, access.unit_reading TO gis_office;
GRANT INSERT (prefix, sha256, unit, scopes, per_second, created_by, expires_at, follows) ON access.api_key TO gis_office;
GRANT UPDATE (revoked_at, revoked_by, reason, expires_at) ON access.api_key TO gis_office;
GRANT EXECUTE ON FUNCTION access.key(text), access.public_levels(), access.units(text, text, text, bigint),
    access.take(text, double precision, double precision, double precision) TO gis_portal;
