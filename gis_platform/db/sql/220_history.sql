-- What changed in the register between two moments, per layer and over all of them.

-- Features of a layer in force at one of two moments that are not the same at both. A feature that
-- is elsewhere is "moved", by metres (points: distance; lines and areas: Hausdorff); whatever else
-- differs of it stands in "changes" as column: [before, after].
CREATE OR REPLACE FUNCTION maks.layer_diff(layer_name text, a timestamptz, b timestamptz)
RETURNS TABLE (layer text, kimlik_no bigint, change text, metres double precision, changes jsonb,
               batch_id bigint, geometry_before geometry, geometry_after geometry)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    versions text := quote_ident(layer_name || '_version');
    columns text;
    shape text;
    apart text;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
        FROM pg_attribute
        WHERE attrelid = format('maks.%s', versions)::regclass AND attnum > 0 AND NOT attisdropped
            AND attname NOT IN ('version', 'valid_from', 'valid_to', 'operation', 'batch_id',
                'closing_operation', 'closing_batch_id', 'content_hash', 'geometry');
    SELECT CASE WHEN count(*) = 1 THEN 'v.geometry' ELSE 'NULL::geometry' END INTO shape
        FROM pg_attribute
        WHERE attrelid = format('maks.%s', versions)::regclass AND attname = 'geometry';
    apart := 'CASE WHEN GeometryType(old.shape) = ''POINT'' THEN ST_Distance(old.shape, new.shape) '
        'ELSE ST_HausdorffDistance(old.shape, new.shape) END';
    RETURN QUERY EXECUTE format(
        'WITH touched AS MATERIALIZED (
            SELECT DISTINCT v.kimlik_no FROM maks.%1$s AS v
            WHERE (v.valid_from > least($2, $3) AND v.valid_from <= greatest($2, $3))
               OR (v.valid_to > least($2, $3) AND v.valid_to <= greatest($2, $3))),
        old AS (
            SELECT v.kimlik_no, v.content_hash, %3$s AS shape,
                to_jsonb((SELECT r FROM (SELECT %2$s) AS r)) AS content
            FROM touched JOIN maks.%1$s AS v USING (kimlik_no)
            WHERE v.valid_from <= $2 AND (v.valid_to IS NULL OR $2 < v.valid_to)),
        new AS (
            SELECT v.kimlik_no, v.content_hash, v.batch_id, %3$s AS shape,
                to_jsonb((SELECT r FROM (SELECT %2$s) AS r)) AS content
            FROM touched JOIN maks.%1$s AS v USING (kimlik_no)
            WHERE v.valid_from <= $3 AND (v.valid_to IS NULL OR $3 < v.valid_to)),
        both_sides AS (
            SELECT coalesce(old.kimlik_no, new.kimlik_no) AS key, old.content AS was, new.content AS is_,
                old.shape AS old_shape, new.shape AS new_shape, new.batch_id AS batch,
                CASE WHEN old.shape IS NOT NULL AND new.shape IS NOT NULL
                    AND ST_AsBinary(ST_SnapToGrid(old.shape, 0.0001))
                        <> ST_AsBinary(ST_SnapToGrid(new.shape, 0.0001))
                    THEN %4$s END AS apart
            FROM old FULL JOIN new ON new.kimlik_no = old.kimlik_no
            WHERE old.content_hash IS DISTINCT FROM new.content_hash)
        SELECT $1, key,
            CASE WHEN was IS NULL THEN ''added'' WHEN is_ IS NULL THEN ''closed''
                WHEN apart >= 0.0001 THEN ''moved'' ELSE ''changed'' END,
            CASE WHEN apart >= 0.0001 THEN apart END,
            CASE WHEN was IS NOT NULL AND is_ IS NOT NULL THEN
                (SELECT coalesce(jsonb_object_agg(now.key, jsonb_build_array(was -> now.key, now.value)), ''{}'')
                 FROM jsonb_each(is_) AS now WHERE now.value IS DISTINCT FROM was -> now.key) END,
            coalesce(batch, (SELECT v.closing_batch_id FROM maks.%1$s AS v
                WHERE v.kimlik_no = key AND v.valid_to <= greatest($2, $3)
                ORDER BY v.version DESC LIMIT 1)),
            old_shape, new_shape
        FROM both_sides ORDER BY key',
        versions, columns, shape, apart) USING layer_name, a, b;
END $$;

-- The same over every layer.
CREATE OR REPLACE FUNCTION maks.diff(a timestamptz, b timestamptz DEFAULT now())
RETURNS TABLE (layer text, kimlik_no bigint, change text, metres double precision, changes jsonb,
               batch_id bigint, geometry_before geometry, geometry_after geometry)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    known record;
BEGIN
    FOR known IN SELECT left(relname, -length('_version')) AS name FROM pg_class
        WHERE relnamespace = 'maks'::regnamespace AND relkind = 'r' AND relname LIKE '%\_version'
        ORDER BY relname LOOP
        RETURN QUERY SELECT * FROM maks.layer_diff(known.name, a, b);
    END LOOP;
END $$;
