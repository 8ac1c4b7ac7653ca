-- What the database itself refuses in the way of a layer version, whoever asks.

-- The moves a version may make. The same table stands in opendata/approval.py; a test compares them.
CREATE OR REPLACE FUNCTION catalogue.may_move(from_state text, to_state text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (from_state, to_state) IN (
        ('draft', 'proposed'), ('proposed', 'checked'), ('checked', 'approved'), ('approved', 'published'),
        ('draft', 'returned'), ('proposed', 'returned'), ('checked', 'returned'), ('approved', 'returned'),
        ('published', 'superseded'), ('published', 'corrected'), ('published', 'withdrawn'),
        ('superseded', 'withdrawn'), ('corrected', 'withdrawn'))
$$;

-- Whether a person is one of others, however the name is spelt.
CREATE OR REPLACE FUNCTION catalogue.is_one_of(person text, VARIADIC others text[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM unnest(others) AS other WHERE public.fold_tr(other) = public.fold_tr(person))
$$;

-- Whether whoever acts, or whom they act for, is one of others.
CREATE OR REPLACE FUNCTION catalogue.are_among(person text, acts_for text, VARIADIC others text[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT catalogue.is_one_of(person, VARIADIC others)
        OR (acts_for IS NOT NULL AND catalogue.is_one_of(acts_for, VARIADIC others))
$$;

-- Nothing is done in nobody's name, and for somebody else only while that person said so. What one was
-- given one cannot give on: the principal of a delegation acts in their own right.
CREATE OR REPLACE FUNCTION catalogue.check_actor(person text, acts_for text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF coalesce(public.fold_tr(person), '') !~ '[[:alpha:]]' THEN
        RAISE EXCEPTION 'nothing is done in nobody''s name' USING ERRCODE = 'check_violation';
    END IF;
    IF acts_for IS NULL THEN
        RETURN;
    END IF;
    PERFORM FROM catalogue.delegation AS given
        WHERE catalogue.is_one_of(given.delegate, person) AND catalogue.is_one_of(given.principal, acts_for)
          AND current_date BETWEEN given.valid_from AND given.valid_to AND given.ended_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% does not act for % today', person, acts_for USING ERRCODE = 'check_violation';
    END IF;
END $$;

-- Findings of a screening report to which nobody has written an answer.
CREATE OR REPLACE FUNCTION catalogue.unanswered(screening jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(each ->> 'key' ORDER BY each ->> 'key'), '{}')
        FROM jsonb_array_elements(screening -> 'findings') AS each
        WHERE NOT coalesce(screening -> 'answers', '{}') ? (each ->> 'key')
$$;

-- Who answered findings of a screening report.
CREATE OR REPLACE FUNCTION catalogue.answerers(screening jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(person), '{}') FROM (
        SELECT value ->> 'person' AS person FROM jsonb_each(coalesce(screening -> 'answers', '{}'))
        UNION SELECT value ->> 'acts_for' FROM jsonb_each(coalesce(screening -> 'answers', '{}'))) AS known
        WHERE person IS NOT NULL
$$;

-- Whether the hashes of description, terms and screening report are theirs.
CREATE OR REPLACE FUNCTION catalogue.are_bound(version catalogue.layer_version) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(version.metadata_sha256 = catalogue.canonical_sha256(version.entry)
        AND version.licence_sha256 = catalogue.canonical_sha256(catalogue.licence_of(version.entry))
        AND version.screening_sha256 = catalogue.canonical_sha256(version.screening), false)
$$;

-- A version begins as a draft, moves only as the table allows and by a person who may; what was drafted
-- stays as it was, but for the answers to its findings while it is proposed. Who did what and when is
-- filled in here, from moved_by, acts_for and the clock.
CREATE OR REPLACE FUNCTION catalogue.guard_layer_version() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    done timestamptz := clock_timestamp();
    asked catalogue.withdrawal;
BEGIN
    PERFORM catalogue.check_actor(NEW.moved_by, NEW.acts_for);
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' OR NEW.files IS NOT NULL OR NEW.screening ? 'answers' THEN
            RAISE EXCEPTION 'a layer version begins as a draft' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT catalogue.are_bound(NEW) THEN
            RAISE EXCEPTION 'the hashes are not those of what is drafted' USING ERRCODE = 'check_violation';
        END IF;
        NEW.drafted_by := NEW.moved_by; NEW.drafted_at := done;
        NEW.proposed_by := NEW.moved_by; NEW.proposed_at := done; NEW.proposed_for := NEW.acts_for;
        NEW.checked_by := NULL; NEW.checked_at := NULL; NEW.checked_for := NULL;
        NEW.approved_by := NULL; NEW.approved_at := NULL; NEW.approved_for := NULL;
        NEW.published_by := NULL; NEW.published_at := NULL;
        NEW.withdrawn_by := NULL; NEW.withdrawn_at := NULL;
        RETURN NEW;
    END IF;
    IF (NEW.layer, NEW.version, NEW.entry, NEW.row_count, NEW.extent, NEW.data_sha256, NEW.metadata_sha256,
        NEW.licence_sha256, NEW.drafted_by, NEW.drafted_at,
        NEW.proposed_by, NEW.proposed_at, NEW.proposed_for, NEW.checked_by, NEW.checked_at, NEW.checked_for,
        NEW.approved_by, NEW.approved_at, NEW.approved_for,
        NEW.published_by, NEW.published_at, NEW.withdrawn_by, NEW.withdrawn_at)
       IS DISTINCT FROM
       (OLD.layer, OLD.version, OLD.entry, OLD.row_count, OLD.extent, OLD.data_sha256, OLD.metadata_sha256,
        OLD.licence_sha256, OLD.drafted_by, OLD.drafted_at,
        OLD.proposed_by, OLD.proposed_at, OLD.proposed_for, OLD.checked_by, OLD.checked_at, OLD.checked_for,
        OLD.approved_by, OLD.approved_at, OLD.approved_for,
        OLD.published_by, OLD.published_at, OLD.withdrawn_by, OLD.withdrawn_at)
       OR (NEW.files IS DISTINCT FROM OLD.files AND NEW.state <> 'published') THEN
        RAISE EXCEPTION 'what was proposed or approved cannot be changed' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = OLD.state AND NEW.state = 'proposed' THEN -- an answer: see catalogue.answer
        IF NEW.screening - 'answers' IS DISTINCT FROM OLD.screening - 'answers'
           OR catalogue.are_among(NEW.moved_by, NEW.acts_for, OLD.drafted_by, OLD.proposed_by, OLD.proposed_for) THEN
            RAISE EXCEPTION 'findings are answered by another person than the proposer'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.screening, NEW.screening_sha256) IS DISTINCT FROM (OLD.screening, OLD.screening_sha256) THEN
        RAISE EXCEPTION 'what was proposed or approved cannot be changed' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT catalogue.may_move(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'a version cannot move from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.state = 'checked' AND catalogue.are_among(NEW.moved_by, NEW.acts_for,
            OLD.drafted_by, OLD.proposed_by, OLD.proposed_for))
       OR (NEW.state = 'approved' AND catalogue.are_among(NEW.moved_by, NEW.acts_for,
            VARIADIC ARRAY[OLD.drafted_by, OLD.proposed_by, OLD.proposed_for, OLD.checked_by, OLD.checked_for]
                || catalogue.answerers(OLD.screening))) THEN
        RAISE EXCEPTION 'proposer, checker and approver are different persons'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('checked', 'approved') AND catalogue.unanswered(NEW.screening) <> '{}' THEN
        RAISE EXCEPTION 'findings without an answer: %', catalogue.unanswered(NEW.screening)
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('checked', 'approved', 'published') AND NOT catalogue.are_bound(NEW) THEN
        RAISE EXCEPTION 'description, terms or screening report are not what was proposed'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'withdrawn' THEN
        SELECT * INTO asked FROM catalogue.withdrawal AS known
            WHERE known.layer = NEW.layer AND known.closed_at IS NULL;
        IF NOT FOUND OR catalogue.are_among(NEW.moved_by, NEW.acts_for, asked.asked_by, asked.asked_for) THEN
            RAISE EXCEPTION 'a withdrawal is asked for by one person and done by another'
                USING ERRCODE = 'check_violation';
        END IF;
        NEW.reason := asked.reason;
    END IF;
    IF NEW.state IN ('returned', 'corrected') AND coalesce(btrim(NEW.reason), '') = '' THEN
        RAISE EXCEPTION 'a version is not % without a reason', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'proposed' THEN
        NEW.proposed_by := NEW.moved_by; NEW.proposed_at := done; NEW.proposed_for := NEW.acts_for;
    ELSIF NEW.state = 'checked' THEN
        NEW.checked_by := NEW.moved_by; NEW.checked_at := done; NEW.checked_for := NEW.acts_for;
    ELSIF NEW.state = 'approved' THEN
        NEW.approved_by := NEW.moved_by; NEW.approved_at := done; NEW.approved_for := NEW.acts_for;
    ELSIF NEW.state = 'published' THEN
        NEW.published_by := NEW.moved_by; NEW.published_at := done;
    ELSIF NEW.state = 'withdrawn' THEN
        NEW.withdrawn_by := NEW.moved_by; NEW.withdrawn_at := done;
    END IF;
    RETURN NEW;
END $$;

-- A person lets another act for them, for some days; nobody lets themselves.
CREATE OR REPLACE FUNCTION catalogue.guard_delegation() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM catalogue.check_actor(NEW.given_by, NULL);
        PERFORM catalogue.check_actor(NEW.delegate, NULL);
        IF NOT catalogue.is_one_of(NEW.given_by, NEW.principal) OR catalogue.is_one_of(NEW.delegate, NEW.principal) THEN
            RAISE EXCEPTION 'a person lets another act for them, and nobody else does' USING ERRCODE = 'check_violation';
        END IF;
        NEW.given_at := clock_timestamp();
        NEW.ended_by := NULL; NEW.ended_at := NULL;
        RETURN NEW;
    END IF;
    IF OLD.ended_at IS NOT NULL OR (NEW.delegate, NEW.principal, NEW.valid_from, NEW.valid_to, NEW.given_by, NEW.given_at)
        IS DISTINCT FROM (OLD.delegate, OLD.principal, OLD.valid_from, OLD.valid_to, OLD.given_by, OLD.given_at)
       OR NOT catalogue.is_one_of(NEW.ended_by, OLD.principal, OLD.delegate) THEN
        RAISE EXCEPTION 'a delegation is ended once, by one of the two' USING ERRCODE = 'check_violation';
    END IF;
    NEW.ended_at := clock_timestamp();
    RETURN NEW;
END $$;

-- A withdrawal is asked for with a reason; another person does it, or somebody lets it drop.
CREATE OR REPLACE FUNCTION catalogue.guard_withdrawal() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM catalogue.check_actor(NEW.asked_by, NEW.asked_for);
        IF btrim(NEW.reason) = '' THEN
            RAISE EXCEPTION 'a version is not withdrawn without a reason' USING ERRCODE = 'check_violation';
        END IF;
        NEW.asked_at := clock_timestamp();
        NEW.closed_by := NULL; NEW.closed_for := NULL; NEW.closed_at := NULL; NEW.is_done := NULL;
        RETURN NEW;
    END IF;
    IF OLD.closed_at IS NOT NULL OR (NEW.layer, NEW.reason, NEW.asked_by, NEW.asked_for, NEW.asked_at)
        IS DISTINCT FROM (OLD.layer, OLD.reason, OLD.asked_by, OLD.asked_for, OLD.asked_at) THEN
        RAISE EXCEPTION 'what was asked cannot be changed' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM catalogue.check_actor(NEW.closed_by, NEW.closed_for);
    NEW.closed_at := clock_timestamp();
    NEW.is_done := NOT EXISTS (SELECT FROM catalogue.layer_version AS known WHERE known.layer = NEW.layer
        AND known.state IN ('published', 'superseded', 'corrected'));
    RETURN NEW;
END $$;

-- Every deed is written down by the database; the application cannot forget it and cannot write it
-- itself. Each line carries the hash of the one before, so that none can be changed or taken out;
-- opendata/audit.py counts it again by the same recipe.
CREATE OR REPLACE FUNCTION catalogue.add_audit(line catalogue.audit) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    last record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('catalogue.audit'));
    SELECT id, hash INTO last FROM catalogue.audit ORDER BY id DESC LIMIT 1;
    line.id := coalesce(last.id, 0) + 1;
    line.at := clock_timestamp();
    line.previous_hash := coalesce(last.hash, repeat('0', 64));
    line.hash := encode(sha256(convert_to(line.previous_hash || json_build_array(
        line.id, (extract(epoch FROM line.at) * 1000000)::bigint, line.layer, line.version, line.from_state,
        line.to_state, line.person, line.reason, line.data_sha256, line.metadata_sha256, line.deed,
        line.acts_for, line.details)::text, 'UTF8')), 'hex');
    INSERT INTO catalogue.audit SELECT line.*;
END $$;

CREATE OR REPLACE FUNCTION catalogue.write_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    line catalogue.audit;
BEGIN
    line.deed := CASE WHEN TG_OP = 'UPDATE' AND OLD.state = NEW.state THEN 'answered' ELSE 'moved' END;
    line.layer := NEW.layer;
    line.version := NEW.version;
    line.from_state := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END;
    line.to_state := NEW.state;
    line.person := NEW.moved_by;
    line.acts_for := NEW.acts_for;
    line.reason := NEW.reason;
    line.data_sha256 := NEW.data_sha256;
    line.metadata_sha256 := NEW.metadata_sha256;
    line.details := jsonb_build_object(
        'licence_sha256', NEW.licence_sha256, 'screening_sha256', NEW.screening_sha256);
    PERFORM catalogue.add_audit(line);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION catalogue.write_delegation_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    line catalogue.audit;
BEGIN
    line.deed := CASE WHEN NEW.ended_at IS NULL THEN 'delegated' ELSE 'delegation ended' END;
    line.person := coalesce(NEW.ended_by, NEW.given_by);
    line.details := jsonb_build_object('delegate', NEW.delegate, 'principal', NEW.principal,
        'valid_from', NEW.valid_from::text, 'valid_to', NEW.valid_to::text);
    PERFORM catalogue.add_audit(line);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION catalogue.write_withdrawal_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    line catalogue.audit;
BEGIN
    line.layer := NEW.layer;
    line.deed := CASE WHEN NEW.closed_at IS NULL THEN 'withdrawal asked'
        WHEN NEW.is_done THEN 'withdrawal done' ELSE 'withdrawal dropped' END;
    line.person := coalesce(NEW.closed_by, NEW.asked_by);
    line.acts_for := CASE WHEN NEW.closed_by IS NULL THEN NEW.asked_for ELSE NEW.closed_for END;
    line.reason := NEW.reason;
    PERFORM catalogue.add_audit(line);
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
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON catalogue.delegation
    FOR EACH ROW EXECUTE FUNCTION catalogue.guard_delegation();
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE ON catalogue.delegation
    FOR EACH ROW EXECUTE FUNCTION catalogue.write_delegation_audit();
CREATE OR REPLACE TRIGGER keep BEFORE DELETE OR TRUNCATE ON catalogue.delegation
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue.refuse_change();
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON catalogue.withdrawal
    FOR EACH ROW EXECUTE FUNCTION catalogue.guard_withdrawal();
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE ON catalogue.withdrawal
    FOR EACH ROW EXECUTE FUNCTION catalogue.write_withdrawal_audit();
CREATE OR REPLACE TRIGGER keep BEFORE DELETE OR TRUNCATE ON catalogue.withdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue.refuse_change();
CREATE OR REPLACE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON published.file
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue.refuse_change();

-- At the end of a transaction the public is shown exactly what the catalogue says it is shown.
CREATE OR REPLACE FUNCTION catalogue.check_in_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM FROM catalogue.layer_version AS known
        LEFT JOIN published.catalogue AS shown ON shown.layer = known.layer AND shown.version = known.version
        WHERE known.layer = NEW.layer AND known.version = NEW.version
          AND (known.state IN ('published', 'superseded', 'corrected', 'withdrawn') OR shown.layer IS NOT NULL)
          AND shown.state IS DISTINCT FROM known.state;
    IF FOUND THEN
        RAISE EXCEPTION 'the public would not see % v% as it stands', NEW.layer, NEW.version
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS in_step ON catalogue.layer_version;
CREATE CONSTRAINT TRIGGER in_step AFTER INSERT OR UPDATE ON catalogue.layer_version
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalogue.check_in_step();
