-- Who may what, schema by schema (docs/develop: the way of a row). Everything is taken first.
DO $$
BEGIN
    -- On a server of somebody else these two belong to whoever owns the database.
    IF pg_has_role((SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE') THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO gis_etl, gis_office', current_database());
    END IF;
    IF pg_has_role((SELECT nspowner FROM pg_namespace WHERE nspname = 'public'), 'USAGE') THEN
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    END IF;
END $$;
REVOKE ALL ON SCHEMA raw, work, maks FROM PUBLIC, gis_etl, gis_office, gis_portal;
REVOKE ALL ON ALL TABLES IN SCHEMA raw, work, maks FROM PUBLIC, gis_etl, gis_office, gis_portal;
REVOKE ALL ON ALL ROUTINES IN SCHEMA raw, work, maks FROM PUBLIC;

-- etl writes raw, work and maks; of raw it can change nothing but close a batch, and remove nothing.
GRANT USAGE ON SCHEMA raw, work, maks TO gis_etl;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA raw TO gis_etl;
GRANT UPDATE (state, counts) ON raw.batch TO gis_etl;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA work TO gis_etl;
GRANT SELECT ON ALL TABLES IN SCHEMA maks TO gis_etl;
DO $$
DECLARE
    known record;
BEGIN
    FOR known IN SELECT relname FROM pg_class
        WHERE relnamespace = 'maks'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('GRANT INSERT ON maks.%I TO gis_etl', known.relname);
        EXECUTE format('GRANT UPDATE (valid_to, closing_operation, closing_batch_id) ON maks.%I TO gis_etl',
            known.relname);
    END LOOP;
END $$;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA maks TO gis_etl, gis_office;

-- office reads maks; catalogue and published are granted by 320.
GRANT USAGE ON SCHEMA maks TO gis_office;
GRANT SELECT ON ALL TABLES IN SCHEMA maks TO gis_office;
