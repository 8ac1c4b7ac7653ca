-- Of every layer: the view maks.<layer> with the features in force, which QGIS can open, and the
-- function maks.<layer>_as_of(time) with those that were in force then.
CREATE OR REPLACE FUNCTION maks.show_layer(layer_name text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    columns text;
    in_force text;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
        FROM pg_attribute
        WHERE attrelid = format('maks.%I', layer_name || '_version')::regclass
            AND attnum > 0 AND NOT attisdropped
            AND attname NOT IN ('valid_to', 'closing_operation', 'closing_batch_id', 'content_hash');
    in_force := format('CREATE OR REPLACE VIEW maks.%I AS SELECT %s FROM maks.%I WHERE valid_to IS NULL',
        layer_name, columns, layer_name || '_version');
    BEGIN
        EXECUTE in_force;
    EXCEPTION WHEN invalid_table_definition THEN
        -- Columns were taken away or came in between: views that show this one are made anew below.
        EXECUTE format('DROP VIEW maks.%I CASCADE', layer_name);
        EXECUTE in_force;
    END;
    EXECUTE format(
        'CREATE OR REPLACE FUNCTION maks.%I(at timestamptz) RETURNS SETOF maks.%I '
        'LANGUAGE sql STABLE PARALLEL SAFE AS '
        '$f$ SELECT %s FROM maks.%I WHERE valid_from <= at AND (valid_to IS NULL OR at < valid_to) $f$',
        layer_name || '_as_of', layer_name, columns, layer_name || '_version');
END $$;

SELECT maks.show_layer(left(relname, -length('_version')))
    FROM pg_class WHERE relnamespace = 'maks'::regnamespace AND relkind = 'r'
        AND relname LIKE '%\_version' ORDER BY relname;

-- Fresh statistics when a layer has grown by a third: only the owner of a table may take them.
DROP FUNCTION IF EXISTS maks.analyze_layer(text);
CREATE OR REPLACE FUNCTION maks.analyze_layer(layer_name text, added integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public SET default_statistics_target = 20 AS $$
BEGIN
    IF added > 0.3 * (SELECT reltuples FROM pg_class
                      WHERE oid = format('maks.%I', layer_name || '_version')::regclass) THEN
        EXECUTE format('ANALYZE maks.%I', layer_name || '_version');
    END IF;
END $$;
