-- What came in stays as it came in: raw only grows, whoever asks.
CREATE OR REPLACE FUNCTION raw.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% can only grow', TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- A batch is closed once: its rows are counted and its state moves from received to loaded.
CREATE OR REPLACE FUNCTION raw.guard_batch() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'loaded'
       OR to_jsonb(NEW) - 'state' - 'counts' IS DISTINCT FROM to_jsonb(OLD) - 'state' - 'counts' THEN
        RAISE EXCEPTION 'what was received cannot be changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON raw.aks_row
    FOR EACH STATEMENT EXECUTE FUNCTION raw.refuse_change();
CREATE OR REPLACE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON raw.feature
    FOR EACH STATEMENT EXECUTE FUNCTION raw.refuse_change();
CREATE OR REPLACE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON raw.review_decision
    FOR EACH STATEMENT EXECUTE FUNCTION raw.refuse_change();
CREATE OR REPLACE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON raw.learned
    FOR EACH STATEMENT EXECUTE FUNCTION raw.refuse_change();
CREATE OR REPLACE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON raw.waiver
    FOR EACH STATEMENT EXECUTE FUNCTION raw.refuse_change();
CREATE OR REPLACE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON raw.waiver_end
    FOR EACH STATEMENT EXECUTE FUNCTION raw.refuse_change();
CREATE OR REPLACE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON raw.reconcile_decision
    FOR EACH STATEMENT EXECUTE FUNCTION raw.refuse_change();
CREATE OR REPLACE TRIGGER keep BEFORE DELETE OR TRUNCATE ON raw.batch
    FOR EACH STATEMENT EXECUTE FUNCTION raw.refuse_change();
CREATE OR REPLACE TRIGGER guard BEFORE UPDATE ON raw.batch
    FOR EACH ROW EXECUTE FUNCTION raw.guard_batch();
