-- What the office may have done in the schema published, where it can write nothing itself.
-- The functions run with the owner's rights; each looks whether the catalogue allows it.

-- How a column leaves the house: kinds of values a reader of JSON knows, all else as text.
CREATE OR REPLACE FUNCTION catalogue.published_type(of regtype) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN of IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype) THEN 'bigint'
        WHEN of IN ('real'::regtype, 'double precision'::regtype, 'numeric'::regtype) THEN 'double precision'
        WHEN of IN ('boolean'::regtype, 'date'::regtype) THEN of::text
        WHEN of IN ('timestamptz'::regtype, 'timestamp'::regtype) THEN 'timestamptz'
        ELSE 'text' END
$$;

-- An index that gives the rows in the order of a column and then of the key; texts as Turkish sorts
-- them. None where a text is long: an index holds no more than 2,700 bytes of a row.
CREATE OR REPLACE FUNCTION catalogue.index_column(copy_name text, indexed text, key_column text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    longest integer := 0;
    is_text boolean;
BEGIN
    SELECT atttypid = 'text'::regtype INTO STRICT is_text FROM pg_attribute
        WHERE attrelid = format('published.%I', copy_name)::regclass AND attname = indexed;
    IF is_text THEN
        EXECUTE format('SELECT max(octet_length(%I)) FROM published.%I', indexed, copy_name) INTO longest;
    END IF;
    IF coalesce(longest, 0) <= 500 THEN
        EXECUTE format('CREATE INDEX ON published.%I (%I %s, %I)', copy_name, indexed,
            CASE WHEN is_text THEN 'COLLATE public.turkish_natural' ELSE '' END, key_column);
    END IF;
END $$;

-- The frozen copy of a layer version: the named columns of a source the office may read, EPSG:4326.
-- It belongs to the owner of the database: nobody writes to it any more, the office reads it.
CREATE OR REPLACE FUNCTION catalogue.freeze(
    copy_name text, source text, key_column text, column_names text[], geometry_type text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    source_table regclass := source::regclass;
    wanted text;
    indexed text;
    row_count bigint;
    shape text := 'ST_ForcePolygonCCW(ST_Transform(ST_Force2D(geometry), 4326))'; -- as RFC 7946 wants it
BEGIN
    IF copy_name !~ '^[a-z][a-z0-9_]*_v[0-9]+$' THEN
        RAISE EXCEPTION 'not the name of a copy: %', copy_name USING ERRCODE = 'invalid_name';
    END IF;
    IF NOT has_table_privilege('gis_office', source_table, 'SELECT') THEN
        RAISE EXCEPTION 'the office may not read %', source USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT string_agg(format('%I::%s AS %I', name, catalogue.published_type(atttypid::regtype), name), ', '
                      ORDER BY place)
        INTO STRICT wanted
        FROM unnest(column_names) WITH ORDINALITY AS known (name, place)
        JOIN pg_attribute ON attrelid = source_table AND attname = name AND attnum > 0 AND NOT attisdropped;
    IF geometry_type LIKE 'MULTI%' THEN
        shape := format('ST_Multi(%s)', shape);
    END IF;
    EXECUTE format(
        'CREATE TABLE published.%I AS SELECT %s, %s::geometry(%s, 4326) AS geometry FROM %s '
        'WHERE NOT ST_IsEmpty(geometry) ORDER BY %I',
        copy_name, wanted, shape, geometry_type, source_table, key_column);
    EXECUTE format('ALTER TABLE published.%I ADD PRIMARY KEY (%I), ALTER geometry SET NOT NULL',
        copy_name, key_column);
    EXECUTE format('CREATE INDEX ON published.%I USING gist (geometry)', copy_name);
    -- Readers filter and sort by any column: each has an index, up and down with the key behind it,
    -- where a copy is too large to be looked through and no value too long for an index.
    EXECUTE format('SELECT count(*) FROM published.%I', copy_name) INTO row_count;
    IF row_count > 20000 THEN
        FOR indexed IN
            SELECT name FROM unnest(column_names) WITH ORDINALITY AS known (name, place)
            WHERE name <> key_column ORDER BY place LIMIT 24
        LOOP
            PERFORM catalogue.index_column(copy_name, indexed, key_column);
        END LOOP;
    END IF;
    -- A page for one reader is no reason to start helpers: that alone costs ten times the page.
    EXECUTE format('ALTER TABLE published.%I SET (parallel_workers = 0)', copy_name);
    EXECUTE format(
        'CREATE TRIGGER keep BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON published.%I '
        'FOR EACH STATEMENT EXECUTE FUNCTION catalogue.refuse_change()', copy_name);
    EXECUTE format('GRANT SELECT ON published.%I TO gis_office', copy_name);
    EXECUTE format('ANALYZE published.%I', copy_name);
END $$;

-- Rows, extent (west, south, east, north) and SHA-256 of a copy. The hash is of the hashes of its rows
-- in the order of their keys; a row is the JSON array of its values, then its geometry as WKB.
CREATE OR REPLACE FUNCTION catalogue.copy_facts(
    copy_name text, key_column text, column_names text[],
    OUT row_count bigint, OUT extent double precision[], OUT sha256 text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public SET timezone = 'UTC' SET extra_float_digits = 1 AS $$
DECLARE
    wanted text;
    key_order text := quote_ident(key_column);
BEGIN
    SELECT string_agg(quote_ident(name), ', ' ORDER BY place) INTO STRICT wanted
        FROM unnest(column_names) WITH ORDINALITY AS known (name, place);
    PERFORM FROM pg_attribute WHERE attrelid = format('published.%I', copy_name)::regclass
        AND attname = key_column AND atttypid = 'text'::regtype;
    IF FOUND THEN
        key_order := key_order || ' COLLATE "C"';
    END IF;
    EXECUTE format(
        'SELECT count(*), CASE WHEN count(*) > 0 THEN ARRAY['
        'ST_XMin(ST_Extent(geometry)), ST_YMin(ST_Extent(geometry)),'
        'ST_XMax(ST_Extent(geometry)), ST_YMax(ST_Extent(geometry))] END, '
        'encode(sha256(coalesce(string_agg(sha256('
        'convert_to(json_build_array(%s)::text, ''UTF8'') || ST_AsBinary(geometry, ''NDR'')), '''' ORDER BY %s), '
        ''''')), ''hex'') FROM published.%I', wanted, key_order, copy_name)
        INTO row_count, extent, sha256;
END $$;

-- A copy nobody will publish: not proposed after all, or returned.
CREATE OR REPLACE FUNCTION catalogue.discard(layer_name text, layer_version integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM FROM catalogue.layer_version AS known
        WHERE known.layer = layer_name AND known.version = layer_version AND known.state <> 'returned';
    IF FOUND THEN
        RAISE EXCEPTION 'version % of % is not returned', layer_version, layer_name
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DROP TABLE IF EXISTS published.%I', layer_name || '_v' || layer_version);
END $$;

-- The steward's written answer to a finding, while the version is proposed; the report is hashed anew.
CREATE OR REPLACE FUNCTION catalogue.answer(
    layer_name text, layer_version integer, finding text, said text, person text, on_behalf text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    given jsonb := jsonb_strip_nulls(jsonb_build_object('text', said, 'person', person, 'acts_for', on_behalf));
BEGIN
    UPDATE catalogue.layer_version AS known
        SET screening = catalogue.answered(known.screening, finding, given),
            screening_sha256 = catalogue.canonical_sha256(catalogue.answered(known.screening, finding, given)),
            moved_by = person, acts_for = on_behalf, reason = NULL
        WHERE known.layer = layer_name AND known.version = layer_version AND known.state = 'proposed'
          AND EXISTS (SELECT FROM jsonb_array_elements(known.screening -> 'findings') AS each
                      WHERE each ->> 'key' = finding);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no proposed version of % has the finding %', layer_name, finding
            USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION catalogue.answered(screening jsonb, finding text, given jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT screening || jsonb_build_object('answers',
        coalesce(screening -> 'answers', '{}') || jsonb_build_object(finding, given))
$$;

-- What the catalogue calls published becomes readable, if its bytes are those that were approved: its
-- line in the public catalogue, the copy, and a view under the layer's own name.
CREATE OR REPLACE FUNCTION catalogue.show(layer_name text, layer_version integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    copy_name text := layer_name || '_v' || layer_version;
    approved catalogue.layer_version;
    column_names text[];
BEGIN
    SELECT * INTO approved FROM catalogue.layer_version AS known
        WHERE known.layer = layer_name AND known.version = layer_version AND known.state = 'published';
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is not published', copy_name USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT array_agg(each ->> 'name' ORDER BY place) INTO column_names
        FROM jsonb_array_elements(approved.entry -> 'columns') WITH ORDINALITY AS known (each, place);
    PERFORM FROM catalogue.copy_facts(copy_name, approved.entry ->> 'key', column_names) AS found
        WHERE found.sha256 = approved.data_sha256;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is not what was approved', copy_name USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT catalogue.are_bound(approved) THEN
        RAISE EXCEPTION '% is not what was approved', copy_name USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE published.catalogue AS shown SET state = known.state, reason = known.reason
        FROM catalogue.layer_version AS known
        WHERE shown.layer = layer_name AND shown.state = 'published'
          AND known.layer = shown.layer AND known.version = shown.version;
    INSERT INTO published.catalogue
        (layer, version, state, entry, row_count, extent, data_sha256, metadata_sha256, files, published_at)
    VALUES
        (approved.layer, approved.version, approved.state, approved.entry, approved.row_count, approved.extent,
         approved.data_sha256, approved.metadata_sha256, coalesce(approved.files, '[]'), approved.published_at);
    INSERT INTO published.file SELECT each ->> 'sha256', layer_name, layer_version, each ->> 'name'
        FROM jsonb_array_elements(coalesce(approved.files, '[]')) AS each ON CONFLICT DO NOTHING;
    EXECUTE format('DROP VIEW IF EXISTS published.%I', layer_name);
    EXECUTE format('CREATE VIEW published.%I AS SELECT * FROM published.%I', layer_name, copy_name);
    EXECUTE format('GRANT SELECT ON published.%I, published.%I TO gis_portal', layer_name, copy_name);
END $$;

-- Files that take long are made after a version is public, from the same copy. They are added once and
-- never replaced; who published the version answers for them.
CREATE OR REPLACE FUNCTION catalogue.add_files(layer_name text, layer_version integer, made jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    public_one published.catalogue;
    line catalogue.audit;
BEGIN
    SELECT * INTO public_one FROM published.catalogue AS known
        WHERE known.layer = layer_name AND known.version = layer_version FOR UPDATE;
    IF public_one.state IS NULL OR public_one.state = 'withdrawn' THEN
        RAISE EXCEPTION '%_v% is not public', layer_name, layer_version USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM jsonb_array_elements(public_one.files) AS old, jsonb_array_elements(made) AS new
        WHERE old ->> 'name' = new ->> 'name' OR old ->> 'format' = new ->> 'format';
    IF FOUND THEN
        RAISE EXCEPTION 'a published file is not replaced' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE published.catalogue SET files = files || made WHERE layer = layer_name AND version = layer_version;
    INSERT INTO published.file SELECT each ->> 'sha256', layer_name, layer_version, each ->> 'name'
        FROM jsonb_array_elements(made) AS each ON CONFLICT DO NOTHING;
    SELECT known.published_by INTO line.person FROM catalogue.layer_version AS known
        WHERE known.layer = layer_name AND known.version = layer_version;
    line.deed := 'files added';
    line.layer := layer_name;
    line.version := layer_version;
    line.data_sha256 := public_one.data_sha256;
    line.metadata_sha256 := public_one.metadata_sha256;
    line.details := (SELECT jsonb_object_agg(each ->> 'name', each ->> 'sha256')
        FROM jsonb_array_elements(made) AS each);
    PERFORM catalogue.add_audit(line);
END $$;

-- A withdrawn layer can be read by nobody outside the office, in none of its versions; the public is
-- told that, when and why.
CREATE OR REPLACE FUNCTION catalogue.hide(layer_name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    known record;
BEGIN
    PERFORM FROM catalogue.layer_version WHERE layer = layer_name AND state IN ('published', 'superseded', 'corrected');
    IF FOUND THEN
        RAISE EXCEPTION '% is published', layer_name USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DROP VIEW IF EXISTS published.%I', layer_name);
    FOR known IN SELECT version, withdrawn_at, reason FROM catalogue.layer_version
        WHERE layer = layer_name AND state = 'withdrawn'
    LOOP
        EXECUTE format('REVOKE ALL ON published.%I FROM gis_portal', layer_name || '_v' || known.version);
        UPDATE published.catalogue
            SET state = 'withdrawn', withdrawn_at = known.withdrawn_at, reason = known.reason, files = '[]'
            WHERE layer = layer_name AND version = known.version AND state <> 'withdrawn';
    END LOOP;
END $$;
