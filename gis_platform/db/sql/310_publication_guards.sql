-- What the database itself refuses in the way of a layer version, whoever asks.

-- The moves a version may make. The same table stands in opendata/approval.py; a test compares them.
CREATE OR REPLACE FUNCTION catalogue.may_move(from_state text, to_state text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (from_state, to_state) IN (
        ('proposed', 'checked'), ('proposed', 'approved'), ('checked', 'approved'),
        ('proposed', 'returned'), ('checked', 'returned'), ('approved', 'returned'),
        ('approved', 'published'), ('published', 'superseded'), ('published', 'withdrawn'),
        ('superseded', 'withdrawn'))
$$;

-- A version begins as a proposal, moves only as the table allows, and what was proposed stays as it was.
CREATE OR REPLACE FUNCTION catalogue.guard_layer_version() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' OR NEW.approved_by IS NOT NULL THEN
            RAISE EXCEPTION 'a layer version begins as a proposal' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.layer, NEW.version, NEW.entry, NEW.row_count, NEW.extent, NEW.data_sha256,
        NEW.metadata_sha256, NEW.proposed_by, NEW.proposed_at)
       IS DISTINCT FROM
       (OLD.layer, OLD.version, OLD.entry, OLD.row_count, OLD.extent, OLD.data_sha256,
        OLD.metadata_sha256, OLD.proposed_by, OLD.proposed_at)
       OR (OLD.approved_by IS NOT NULL AND NEW.approved_by IS DISTINCT FROM OLD.approved_by) THEN
        RAISE EXCEPTION 'what was proposed or approved cannot be changed' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IS DISTINCT FROM OLD.state AND NOT catalogue.may_move(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'a version cannot move from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- Every move is written down by the database; the application cannot forget it and cannot write it itself.
CREATE OR REPLACE FUNCTION catalogue.write_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.state IS NOT DISTINCT FROM OLD.state THEN
        RETURN NULL;
    END IF;
    INSERT INTO catalogue.audit
        (layer, version, from_state, to_state, person, reason, data_sha256, metadata_sha256)
    VALUES
        (NEW.layer, NEW.version, CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END, NEW.state,
         NEW.moved_by, NEW.reason, NEW.data_sha256, NEW.metadata_sha256);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION catalogue.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% can only grow', TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- A page that shows the catalogue looks at this number to see whether it is still right.
CREATE OR REPLACE FUNCTION published.count_edition() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE published.catalogue_edition SET edition = edition + 1;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON catalogue.layer_version
    FOR EACH ROW EXECUTE FUNCTION catalogue.guard_layer_version();
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE ON catalogue.layer_version
    FOR EACH ROW EXECUTE FUNCTION catalogue.write_audit();
CREATE OR REPLACE TRIGGER keep BEFORE DELETE OR TRUNCATE ON catalogue.layer_version
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue.refuse_change();
CREATE OR REPLACE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON catalogue.audit
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue.refuse_change();
CREATE OR REPLACE TRIGGER edition AFTER INSERT OR UPDATE OR DELETE ON published.catalogue
    FOR EACH STATEMENT EXECUTE FUNCTION published.count_edition();
