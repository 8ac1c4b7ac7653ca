-- The feed of changes: what was added, changed or closed in the register, in the order of the commits.
-- A transaction takes its turn before it changes anything and keeps it until it has ended, so whoever
-- sees a number in address.change sees every smaller one that will ever be.

-- The lock is the one under which merges work (db/merge.py): one lock, so no deadlock.
CREATE OR REPLACE FUNCTION address.take_turn() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7525402);
    RETURN NULL;
END $$;

-- Doors, buildings, mahalle: a version that begins, and one that ends without another.
CREATE OR REPLACE FUNCTION address.note_begun() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO address.change (level, kod, change, at, tx)
    SELECT TG_ARGV[0], kimlik_no, operation, valid_from, pg_current_xact_id()::text::bigint
    FROM begun ORDER BY kimlik_no;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION address.note_ended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO address.change (level, kod, change, at, tx)
    SELECT TG_ARGV[0], ended.kimlik_no, 'closed', ended.valid_to, pg_current_xact_id()::text::bigint
    FROM ended JOIN before USING (kimlik_no, version)
    WHERE ended.closing_operation = 'closed' AND before.valid_to IS NULL
    ORDER BY ended.kimlik_no;
    RETURN NULL;
END $$;

-- A csbm is made of three layers: its codes are noted once per transaction, as they stand at its end.
CREATE OR REPLACE FUNCTION address.note_csbm(codes bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DELETE FROM address.change
    WHERE level = 'csbm' AND kod = ANY(codes) AND tx = pg_current_xact_id()::text::bigint;
    INSERT INTO address.change (level, kod, change, at, tx)
    SELECT 'csbm', kod,
        CASE WHEN is_there IS NULL THEN 'closed' WHEN was.change IS DISTINCT FROM 'closed'
            AND was.change IS NOT NULL THEN 'changed' ELSE 'added' END,
        transaction_timestamp(), pg_current_xact_id()::text::bigint
    FROM unnest(codes) AS touched (kod)
    LEFT JOIN (SELECT DISTINCT uavt_kodu, true AS is_there FROM maks.yol_orta_hat_yon_version
               WHERE valid_to IS NULL AND uavt_kodu = ANY(codes)) AS now ON now.uavt_kodu = kod
    LEFT JOIN LATERAL (SELECT change FROM address.change AS c WHERE c.level = 'csbm' AND c.kod = touched.kod
                       ORDER BY seq DESC LIMIT 1) AS was ON true
    WHERE is_there OR was.change <> 'closed'
    ORDER BY kod
$$;

CREATE OR REPLACE FUNCTION address.note_road() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    codes bigint[];
BEGIN
    IF TG_ARGV[0] = 'yol_orta_hat_yon' THEN
        SELECT array_agg(DISTINCT uavt_kodu) INTO codes FROM touched WHERE uavt_kodu IS NOT NULL;
    ELSIF TG_ARGV[0] = 'yol_orta_hat' THEN
        SELECT array_agg(DISTINCT side.uavt_kodu) INTO codes
        FROM touched JOIN maks.yol_orta_hat_yon_version AS side ON side.yol_orta_hat_id = touched.id
        WHERE side.valid_to IS NULL AND side.uavt_kodu IS NOT NULL;
    ELSE
        SELECT array_agg(DISTINCT side.uavt_kodu) INTO codes
        FROM touched JOIN maks.yol_orta_hat_version AS hat ON hat.yol_id = touched.id
        JOIN maks.yol_orta_hat_yon_version AS side ON side.yol_orta_hat_id = hat.id
        WHERE hat.valid_to IS NULL AND side.valid_to IS NULL AND side.uavt_kodu IS NOT NULL;
    END IF;
    IF codes IS NOT NULL THEN
        PERFORM address.note_csbm(codes);
    END IF;
    RETURN NULL;
END $$;

-- A road side that gets another code or mahalle takes its doors along: their address has changed.
CREATE OR REPLACE FUNCTION address.note_moved_doors() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO address.change (level, kod, change, at, tx)
    SELECT 'numarataj', door.kimlik_no, 'changed', transaction_timestamp(), pg_current_xact_id()::text::bigint
    FROM begun AS now
    JOIN maks.yol_orta_hat_yon_version AS was ON was.kimlik_no = now.kimlik_no AND was.version = now.version - 1
    JOIN maks.numarataj_version AS door ON door.yol_orta_hat_yon_id = now.id AND door.valid_to IS NULL
    WHERE now.operation = 'changed' AND (was.uavt_kodu, was.mahalle_id, was.yol_orta_hat_id)
        IS DISTINCT FROM (now.uavt_kodu, now.mahalle_id, now.yol_orta_hat_id)
    ORDER BY door.kimlik_no;
    RETURN NULL;
END $$;

DO $$
DECLARE
    layer text;
BEGIN
    FOREACH layer IN ARRAY ARRAY['mahalle', 'yapi', 'numarataj', 'yol', 'yol_orta_hat', 'yol_orta_hat_yon'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER change_0_turn BEFORE INSERT OR UPDATE ON maks.%I
            FOR EACH STATEMENT EXECUTE FUNCTION address.take_turn()', layer || '_version');
    END LOOP;
    FOREACH layer IN ARRAY ARRAY['mahalle', 'yapi', 'numarataj'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER change_1_begun AFTER INSERT ON maks.%I
            REFERENCING NEW TABLE AS begun FOR EACH STATEMENT EXECUTE FUNCTION address.note_begun(%L)',
            layer || '_version', layer);
        EXECUTE format('CREATE OR REPLACE TRIGGER change_2_ended AFTER UPDATE ON maks.%I
            REFERENCING OLD TABLE AS before NEW TABLE AS ended
            FOR EACH STATEMENT EXECUTE FUNCTION address.note_ended(%L)', layer || '_version', layer);
    END LOOP;
    FOREACH layer IN ARRAY ARRAY['yol', 'yol_orta_hat', 'yol_orta_hat_yon'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER change_1_begun AFTER INSERT ON maks.%I
            REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION address.note_road(%L)',
            layer || '_version', layer);
        EXECUTE format('CREATE OR REPLACE TRIGGER change_2_ended AFTER UPDATE ON maks.%I
            REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION address.note_road(%L)',
            layer || '_version', layer);
    END LOOP;
END $$;
CREATE OR REPLACE TRIGGER change_3_doors AFTER INSERT ON maks.yol_orta_hat_yon_version
    REFERENCING NEW TABLE AS begun FOR EACH STATEMENT EXECUTE FUNCTION address.note_moved_doors();
