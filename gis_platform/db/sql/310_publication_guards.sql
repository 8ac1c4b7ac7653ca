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

-- Whether a person is one of others, however the name is spelt.
CREATE OR REPLACE FUNCTION catalogue.is_one_of(person text, VARIADIC others text[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM unnest(others) AS other WHERE public.fold_tr(other) = public.fold_tr(person))
$$;

-- A version begins as a proposal, moves only as the table allows and by a person who may; what was
-- proposed stays as it was. Who did what and when is filled in here, from moved_by and the clock.
CREATE OR REPLACE FUNCTION catalogue.guard_layer_version() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(public.fold_tr(NEW.moved_by), '') !~ '[[:alpha:]]' THEN
        RAISE EXCEPTION 'nothing is done in nobody''s name' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' OR NEW.files IS NOT NULL THEN
            RAISE EXCEPTION 'a layer version begins as a proposal' USING ERRCODE = 'check_violation';
        END IF;
        NEW.proposed_by := NEW.moved_by;
        NEW.proposed_at := clock_timestamp();
        NEW.checked_by := NULL; NEW.checked_at := NULL;
        NEW.approved_by := NULL; NEW.approved_at := NULL;
        NEW.published_by := NULL; NEW.published_at := NULL;
        NEW.withdrawn_by := NULL; NEW.withdrawn_at := NULL;
        RETURN NEW;
    END IF;
    IF (NEW.layer, NEW.version, NEW.entry, NEW.row_count, NEW.extent, NEW.data_sha256, NEW.metadata_sha256,
        NEW.proposed_by, NEW.proposed_at, NEW.checked_by, NEW.checked_at, NEW.approved_by, NEW.approved_at,
        NEW.published_by, NEW.published_at, NEW.withdrawn_by, NEW.withdrawn_at)
       IS DISTINCT FROM
       (OLD.layer, OLD.version, OLD.entry, OLD.row_count, OLD.extent, OLD.data_sha256, OLD.metadata_sha256,
        OLD.proposed_by, OLD.proposed_at, OLD.checked_by, OLD.checked_at, OLD.approved_by, OLD.approved_at,
        OLD.published_by, OLD.published_at, OLD.withdrawn_by, OLD.withdrawn_at)
       OR (NEW.files IS DISTINCT FROM OLD.files AND NEW.state <> 'published') THEN
        RAISE EXCEPTION 'what was proposed or approved cannot be changed' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT catalogue.may_move(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'a version cannot move from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.state = 'checked' AND catalogue.is_one_of(NEW.moved_by, OLD.proposed_by))
       OR (NEW.state = 'approved' AND catalogue.is_one_of(NEW.moved_by, OLD.proposed_by, OLD.checked_by)) THEN
        RAISE EXCEPTION 'proposer, checker and approver are different persons'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'approved' AND OLD.state <> 'checked' AND (OLD.entry ->> 'persons')::integer >= 3 THEN
        RAISE EXCEPTION 'this layer is checked before it is approved' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('returned', 'withdrawn') AND coalesce(btrim(NEW.reason), '') = '' THEN
        RAISE EXCEPTION 'a version is not % without a reason', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'checked' THEN
        NEW.checked_by := NEW.moved_by; NEW.checked_at := clock_timestamp();
    ELSIF NEW.state = 'approved' THEN
        NEW.approved_by := NEW.moved_by; NEW.approved_at := clock_timestamp();
    ELSIF NEW.state = 'published' THEN
        NEW.published_by := NEW.moved_by; NEW.published_at := clock_timestamp();
    ELSIF NEW.state = 'withdrawn' THEN
        NEW.withdrawn_by := NEW.moved_by; NEW.withdrawn_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;

-- Every move is written down by the database; the application cannot forget it and cannot write it
-- itself. Each line carries the hash of the one before, so that none can be changed or taken out;
-- opendata/audit.py counts it again by the same recipe.
CREATE OR REPLACE FUNCTION catalogue.write_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    last record;
    line catalogue.audit;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('catalogue.audit'));
    SELECT id, hash INTO last FROM catalogue.audit ORDER BY id DESC LIMIT 1;
    line.id := coalesce(last.id, 0) + 1;
    line.at := clock_timestamp();
    line.layer := NEW.layer;
    line.version := NEW.version;
    line.from_state := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END;
    line.to_state := NEW.state;
    line.person := NEW.moved_by;
    line.reason := NEW.reason;
    line.data_sha256 := NEW.data_sha256;
    line.metadata_sha256 := NEW.metadata_sha256;
    line.previous_hash := coalesce(last.hash, repeat('0', 64));
    line.hash := encode(sha256(convert_to(line.previous_hash || json_build_array(
        line.id, (extract(epoch FROM line.at) * 1000000)::bigint, line.layer, line.version, line.from_state,
        line.to_state, line.person, line.reason, line.data_sha256, line.metadata_sha256)::text, 'UTF8')), 'hex');
    INSERT INTO catalogue.audit SELECT line.*;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION catalogue.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% cannot be changed', TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- A page that shows the catalogue looks at this number to see whether it is still right; who listens
-- on gis_catalogue is told it.
CREATE OR REPLACE FUNCTION published.count_edition() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    now_at bigint;
BEGIN
    UPDATE published.catalogue_edition SET edition = edition + 1 RETURNING edition INTO now_at;
    PERFORM pg_notify('gis_catalogue', now_at::text);
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
