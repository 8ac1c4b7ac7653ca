-- A JSON value written the one way opendata/publish.py writes it too: keys sorted by code point, no
-- blanks, letters as they are. Two writers that agree let the database itself look at a hash.
CREATE OR REPLACE FUNCTION catalogue.canonical(said jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    IF jsonb_typeof(said) = 'object' THEN
        RETURN '{' || coalesce((SELECT string_agg(to_json(key)::text || ':' || catalogue.canonical(value), ','
            ORDER BY key COLLATE "C") FROM jsonb_each(said)), '') || '}';
    ELSIF jsonb_typeof(said) = 'array' THEN
        RETURN '[' || coalesce((SELECT string_agg(catalogue.canonical(value), ',' ORDER BY place)
            FROM jsonb_array_elements(said) WITH ORDINALITY AS each (value, place)), '') || ']';
    END IF;
    RETURN said::text;
END $$;

CREATE OR REPLACE FUNCTION catalogue.canonical_sha256(said jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT encode(sha256(convert_to(catalogue.canonical(said), 'UTF8')), 'hex')
$$;

-- The part of a description that says on which terms the public gets the layer.
CREATE OR REPLACE FUNCTION catalogue.licence_of(entry jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_build_object('licence', entry -> 'licence', 'third_party_rights', entry -> 'third_party_rights')
$$;
