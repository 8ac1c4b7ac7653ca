-- The three things the office does to a frozen copy, beside moving its version.

-- A frozen copy cannot be written to any more, and is read by the office alone until it is published.
CREATE OR REPLACE FUNCTION catalogue.seal(copy_name text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('REVOKE ALL ON published.%I FROM gis_portal', copy_name);
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER keep BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON published.%I '
        'FOR EACH STATEMENT EXECUTE FUNCTION catalogue.refuse_change()', copy_name);
    EXECUTE format('ANALYZE published.%I', copy_name);
END $$;

-- What the catalogue calls published becomes readable: the copy, and a view under the layer's own name.
CREATE OR REPLACE FUNCTION catalogue.show(layer_name text, layer_version integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    copy_name text := layer_name || '_v' || layer_version;
BEGIN
    PERFORM 1 FROM catalogue.layer_version AS known
        WHERE known.layer = layer_name AND known.version = layer_version AND known.state = 'published';
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is not published', copy_name USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DROP VIEW IF EXISTS published.%I', layer_name);
    EXECUTE format('CREATE VIEW published.%I AS SELECT * FROM published.%I', layer_name, copy_name);
    EXECUTE format('GRANT SELECT ON published.%I, published.%I TO gis_portal', layer_name, copy_name);
END $$;

-- A withdrawn layer can be read by nobody outside the office, in none of its versions.
CREATE OR REPLACE FUNCTION catalogue.hide(layer_name text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    known record;
BEGIN
    EXECUTE format('DROP VIEW IF EXISTS published.%I', layer_name);
    FOR known IN SELECT version FROM catalogue.layer_version WHERE layer = layer_name
        AND state IN ('published', 'superseded', 'withdrawn')
    LOOP
        EXECUTE format('REVOKE ALL ON published.%I FROM gis_portal', layer_name || '_v' || known.version);
    END LOOP;
END $$;
