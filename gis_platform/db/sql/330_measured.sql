-- What was measured of a published version: written once, never changed; the public reads it for as
-- long as the version itself may be read.
CREATE OR REPLACE FUNCTION catalogue.guard_measured() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM catalogue.layer_version AS known
        WHERE known.layer = NEW.layer AND known.version = NEW.version
          AND known.state IN ('published', 'superseded', 'corrected');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'version % of % is not public', NEW.version, NEW.layer USING ERRCODE = 'check_violation';
    END IF;
    NEW.measured_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard BEFORE INSERT ON catalogue.measured
    FOR EACH ROW EXECUTE FUNCTION catalogue.guard_measured();
CREATE OR REPLACE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON catalogue.measured
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue.refuse_change();

DROP VIEW IF EXISTS published.measured;
CREATE VIEW published.measured AS
    SELECT known.layer, known.version, known.measured_at, known.measures, known.charts
    FROM catalogue.measured AS known
    WHERE EXISTS (SELECT FROM published.catalogue AS shown
                  WHERE shown.layer = known.layer AND shown.version = known.version
                    AND shown.state <> 'withdrawn');

REVOKE ALL ON catalogue.measured, published.measured FROM PUBLIC, gis_etl, gis_office, gis_portal;
GRANT SELECT ON catalogue.measured TO gis_office;
GRANT INSERT (layer, version, measures, charts) ON catalogue.measured TO gis_office;
GRANT SELECT ON published.measured TO gis_office, gis_portal;
REVOKE ALL ON FUNCTION catalogue.guard_measured() FROM PUBLIC, gis_etl, gis_portal;
GRANT EXECUTE ON FUNCTION catalogue.guard_measured() TO gis_office;
