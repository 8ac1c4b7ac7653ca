-- What the address service tells without a key: doors, csbm, mahalle and buildings of the register, with
-- history, successors and neighbours. The public role reads no table of the register: it may call these
-- functions, which name every member they give. No unit, no name of a door, of a building or of a person is among them.

CREATE OR REPLACE FUNCTION address.shown(shape geometry) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public AS $$
    SELECT ST_AsGeoJSON(ST_Transform(shape, 4326), 7)::jsonb
$$;

-- How a version stands in a history.
CREATE OR REPLACE FUNCTION address.period(version integer, valid_from timestamptz, valid_to timestamptz,
                                          operation text, closing_operation text) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_build_object('version', version, 'valid_from', valid_from, 'valid_to', valid_to,
        'operation', operation, 'closing_operation', closing_operation)
$$;

-- The branch of a mahalle, in force or as it was last.
CREATE OR REPLACE FUNCTION address.branch_of_mahalle(guid text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT jsonb_build_object('mahalle_kod', m.kimlik_no, 'mahalle', m.ad,
        'ilce_kod', ilce.kimlik_no, 'ilce', ilce.ad, 'il', il.ad)
    FROM maks.mahalle_version AS m
    LEFT JOIN maks.ilce_version AS ilce ON ilce.id = m.ilce_id AND ilce.valid_to IS NULL
    LEFT JOIN maks.il_version AS il ON il.id = ilce.il_id AND il.valid_to IS NULL
    WHERE m.id = guid ORDER BY m.valid_to DESC NULLS FIRST LIMIT 1
$$;

-- The branch of a road side: csbm with its code, name and kind, and above.
CREATE OR REPLACE FUNCTION address.branch_of_side(guid text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT jsonb_build_object('csbm_kod', side.uavt_kodu, 'csbm', yol.ad, 'csbm_tur', yol.tip)
        || coalesce(address.branch_of_mahalle(side.mahalle_id), '{}')
    FROM (
        (SELECT *, 0 AS rank FROM maks.yol_orta_hat_yon_version WHERE id = guid AND valid_to IS NULL)
        UNION ALL
        (SELECT *, 1 FROM maks.yol_orta_hat_yon_version WHERE id = guid AND valid_to IS NOT NULL
         ORDER BY valid_to DESC LIMIT 1)
    ) AS side
    LEFT JOIN LATERAL (SELECT yol_id FROM maks.yol_orta_hat_version AS h WHERE h.id = side.yol_orta_hat_id
                       ORDER BY h.valid_to DESC NULLS FIRST LIMIT 1) AS hat ON true
    LEFT JOIN LATERAL (SELECT ad, tip FROM maks.yol_version AS y WHERE y.id = hat.yol_id
                       ORDER BY y.valid_to DESC NULLS FIRST LIMIT 1) AS yol ON true
    ORDER BY side.rank LIMIT 1
$$;

CREATE OR REPLACE FUNCTION address.number_of(door text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT substring(door FROM '^\d{1,9}')::integer $$;

-- A door. Successor of a closed one: the record that goes on under another number, else the door that
-- now bears the same number on the same csbm. Neighbours: the next numbers on its side of the csbm.
CREATE OR REPLACE FUNCTION address.numarataj(wanted bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH versions AS MATERIALIZED (
        SELECT v.*, address.branch_of_side(v.yol_orta_hat_yon_id) AS branch
        FROM maks.numarataj_version AS v WHERE v.kimlik_no = wanted
    ), mine AS MATERIALIZED (SELECT * FROM versions ORDER BY version DESC LIMIT 1),
    beside AS MATERIALIZED (
        SELECT other.kimlik_no, other.kapi_no, address.number_of(other.kapi_no) AS number
        FROM mine JOIN maks.yol_orta_hat_yon_version AS side
            ON side.uavt_kodu = (mine.branch ->> 'csbm_kod')::bigint AND side.valid_to IS NULL
        JOIN maks.numarataj_version AS other
            ON other.yol_orta_hat_yon_id = side.id AND other.valid_to IS NULL
        WHERE other.kimlik_no <> mine.kimlik_no
    )
    SELECT jsonb_build_object(
        'geometry', address.shown(mine.geometry),
        'properties', jsonb_build_object('dis_kapi_no', mine.kapi_no, 'yapi_kimlik_no',
            (SELECT b.kimlik_no FROM maks.yapi_version AS b WHERE b.id = mine.yapi_id AND b.valid_to IS NULL))
            || coalesce(mine.branch, '{}'),
        'is_in_force', mine.valid_to IS NULL,
        'history', (SELECT jsonb_agg(address.period(v.version, v.valid_from, v.valid_to, v.operation,
                v.closing_operation) || jsonb_build_object('dis_kapi_no', v.kapi_no,
                'csbm_kod', v.branch -> 'csbm_kod') ORDER BY v.version) FROM versions AS v),
        'successors', CASE WHEN mine.valid_to IS NULL THEN '[]'::jsonb ELSE coalesce(
            (SELECT jsonb_agg(jsonb_build_object('level', 'numarataj', 'kod', n.kimlik_no, 'reason', 'same_record'))
             FROM maks.numarataj_version AS n
             WHERE n.id = mine.id AND n.kimlik_no <> mine.kimlik_no AND n.valid_to IS NULL),
            (SELECT jsonb_agg(jsonb_build_object('level', 'numarataj', 'kod', b.kimlik_no, 'reason', 'same_address')
                ORDER BY b.kimlik_no)
             FROM beside AS b WHERE fold_tr(b.kapi_no) = fold_tr(mine.kapi_no)), '[]') END,
        'neighbours', coalesce((SELECT jsonb_agg(near.said ORDER BY near.place) FROM (
            (SELECT 0 AS place, jsonb_build_object('level', 'numarataj', 'kod', kimlik_no, 'name', kapi_no,
                'relation', 'previous') AS said
             FROM beside WHERE number < address.number_of(mine.kapi_no)
                AND (number - address.number_of(mine.kapi_no)) % 2 = 0
             ORDER BY number DESC, kapi_no DESC LIMIT 1)
            UNION ALL
            (SELECT 1, jsonb_build_object('level', 'numarataj', 'kod', kimlik_no, 'name', kapi_no,
                'relation', 'next')
             FROM beside WHERE number > address.number_of(mine.kapi_no)
                AND (number - address.number_of(mine.kapi_no)) % 2 = 0
             ORDER BY number, kapi_no LIMIT 1)) AS near), '[]'))
    FROM mine
$$;

-- A csbm by its UAVT code. Successor: the code its road sides bear now, else the csbm of the same name
-- and kind in the same mahalle. Neighbours: csbm whose centre lines it meets.
CREATE OR REPLACE FUNCTION address.csbm(wanted bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH sides AS MATERIALIZED (
        SELECT * FROM maks.yol_orta_hat_yon_version WHERE uavt_kodu = wanted
    ), mine AS MATERIALIZED (
        SELECT s.id, s.valid_to, address.branch_of_side(s.id) AS branch FROM sides AS s
        ORDER BY s.valid_to DESC NULLS FIRST, s.kimlik_no LIMIT 1
    ), line AS MATERIALIZED (
        SELECT ST_Multi(ST_Collect(hat.geometry ORDER BY hat.kimlik_no)) AS geometry,
            array_agg(hat.id) AS ids, min(hat.yol_id) AS yol_id
        FROM (SELECT DISTINCT s.yol_orta_hat_id FROM sides AS s, mine
              WHERE s.valid_to IS NOT DISTINCT FROM mine.valid_to) AS s
        CROSS JOIN LATERAL (SELECT * FROM maks.yol_orta_hat_version AS h WHERE h.id = s.yol_orta_hat_id
                            ORDER BY h.valid_to DESC NULLS FIRST LIMIT 1) AS hat
    )
    SELECT jsonb_build_object(
        'geometry', address.shown(line.geometry),
        'properties', mine.branch || jsonb_build_object('csbm_kod', wanted, 'kapi_sayisi', (
            SELECT count(*) FROM sides AS s JOIN maks.numarataj_version AS door
                ON door.yol_orta_hat_yon_id = s.id AND door.valid_to IS NULL WHERE s.valid_to IS NULL)),
        'is_in_force', mine.valid_to IS NULL,
        'history', (SELECT jsonb_agg(address.period(y.version, y.valid_from, y.valid_to, y.operation,
                y.closing_operation) || jsonb_build_object('csbm', y.ad, 'csbm_tur', y.tip) ORDER BY y.version)
            FROM maks.yol_version AS y WHERE y.kimlik_no = (SELECT kimlik_no FROM maks.yol_version AS last
                WHERE last.id = line.yol_id ORDER BY last.valid_to DESC NULLS FIRST LIMIT 1)),
        'successors', CASE WHEN mine.valid_to IS NULL THEN '[]'::jsonb ELSE coalesce(
            (SELECT jsonb_agg(DISTINCT jsonb_build_object('level', 'csbm', 'kod', now.uavt_kodu, 'reason', 'same_record'))
             FROM maks.yol_orta_hat_yon_version AS now
             WHERE now.id IN (SELECT s.id FROM sides AS s) AND now.valid_to IS NULL AND now.uavt_kodu <> wanted),
            (SELECT jsonb_agg(jsonb_build_object('level', 'csbm', 'kod', n.csbm_kod, 'reason', 'same_address')
                ORDER BY n.csbm_kod)
             FROM maks.csbm_name AS n WHERE n.csbm = mine.branch ->> 'csbm'
                AND n.tur_kod = (mine.branch ->> 'csbm_tur')::integer
                AND n.mahalle_kod = (mine.branch ->> 'mahalle_kod')::bigint), '[]') END,
        'neighbours', coalesce((SELECT jsonb_agg(jsonb_build_object('level', 'csbm', 'kod', near.kod,
                'name', near.branch ->> 'csbm', 'csbm_tur', near.branch -> 'csbm_tur', 'relation', 'meets')
                ORDER BY near.kod)
            FROM (SELECT DISTINCT ON (side.uavt_kodu) side.uavt_kodu AS kod, address.branch_of_side(side.id) AS branch
                  FROM maks.yol_orta_hat_version AS hat
                  JOIN maks.yol_orta_hat_yon_version AS side ON side.yol_orta_hat_id = hat.id AND side.valid_to IS NULL
                  WHERE ST_DWithin(hat.geometry, line.geometry, 1.0) AND hat.valid_to IS NULL
                    AND side.uavt_kodu <> wanted AND NOT hat.id = ANY(line.ids)
                  ORDER BY side.uavt_kodu LIMIT 50) AS near), '[]'))
    FROM mine LEFT JOIN line ON true
$$;

-- A mahalle. Successor: the record under another number, else the one of the same name, else the mahalle
-- that cover its area. Neighbours: mahalle it touches.
CREATE OR REPLACE FUNCTION address.mahalle(wanted bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH versions AS MATERIALIZED (SELECT * FROM maks.mahalle_version WHERE kimlik_no = wanted),
    mine AS MATERIALIZED (SELECT * FROM versions ORDER BY version DESC LIMIT 1)
    SELECT jsonb_build_object(
        'geometry', address.shown(mine.geometry),
        'properties', address.branch_of_mahalle(mine.id),
        'is_in_force', mine.valid_to IS NULL,
        'history', (SELECT jsonb_agg(address.period(v.version, v.valid_from, v.valid_to, v.operation,
            v.closing_operation) || jsonb_build_object('mahalle', v.ad) ORDER BY v.version) FROM versions AS v),
        'successors', CASE WHEN mine.valid_to IS NULL THEN '[]'::jsonb ELSE coalesce(
            (SELECT jsonb_agg(jsonb_build_object('level', 'mahalle', 'kod', n.kimlik_no, 'reason', 'same_record'))
             FROM maks.mahalle_version AS n
             WHERE n.id = mine.id AND n.kimlik_no <> mine.kimlik_no AND n.valid_to IS NULL),
            (SELECT jsonb_agg(jsonb_build_object('level', 'mahalle', 'kod', n.kimlik_no, 'reason', 'same_address'))
             FROM maks.mahalle_version AS n
             WHERE n.ad = mine.ad AND n.ilce_id = mine.ilce_id AND n.valid_to IS NULL),
            (SELECT jsonb_agg(jsonb_build_object('level', 'mahalle', 'kod', n.kimlik_no, 'reason', 'same_place')
                ORDER BY ST_Area(ST_Intersection(n.geometry, mine.geometry)) DESC)
             FROM maks.mahalle_version AS n WHERE n.valid_to IS NULL AND n.geometry && mine.geometry
                AND ST_Area(ST_Intersection(n.geometry, mine.geometry)) > 0.1 * ST_Area(mine.geometry)), '[]') END,
        'neighbours', coalesce((SELECT jsonb_agg(jsonb_build_object('level', 'mahalle', 'kod', n.kimlik_no,
                'name', n.ad, 'relation', 'touches') ORDER BY n.kimlik_no)
            FROM maks.mahalle_version AS n WHERE n.valid_to IS NULL AND n.kimlik_no <> wanted
                AND ST_DWithin(n.geometry, mine.geometry, 1.0)), '[]'))
    FROM mine
$$;

-- A building. Its name may be that of a person and is not among its members. Successor: the record under another
-- number, else the building that stands on most of its ground. Neighbours: its doors, the nearest buildings.
CREATE OR REPLACE FUNCTION address.yapi(wanted bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH versions AS MATERIALIZED (SELECT * FROM maks.yapi_version WHERE kimlik_no = wanted),
    mine AS MATERIALIZED (SELECT * FROM versions ORDER BY version DESC LIMIT 1),
    doors AS MATERIALIZED (SELECT d.kimlik_no, d.kapi_no, address.branch_of_side(d.yol_orta_hat_yon_id) AS branch
        FROM mine JOIN maks.numarataj_version AS d ON d.yapi_id = mine.id AND d.valid_to IS NULL
        ORDER BY d.kimlik_no LIMIT 100)
    SELECT jsonb_build_object(
        'geometry', address.shown(mine.geometry),
        'properties', jsonb_build_object('yapi_kimlik_no', mine.kimlik_no,
                'zemin_ustu_kat_sayisi', mine.zemin_ustu_kat_sayisi,
                'zemin_alti_kat_sayisi', mine.zemin_alti_kat_sayisi)
            || coalesce((SELECT address.branch_of_mahalle(m.id) FROM maks.mahalle_version AS m
                WHERE m.valid_to IS NULL AND ST_Intersects(m.geometry, ST_PointOnSurface(mine.geometry))
                ORDER BY m.kimlik_no LIMIT 1), '{}'),
        'is_in_force', mine.valid_to IS NULL,
        'history', (SELECT jsonb_agg(address.period(v.version, v.valid_from, v.valid_to, v.operation,
                v.closing_operation) || jsonb_build_object('zemin_ustu_kat_sayisi', v.zemin_ustu_kat_sayisi,
                'zemin_alti_kat_sayisi', v.zemin_alti_kat_sayisi) ORDER BY v.version) FROM versions AS v),
        'successors', CASE WHEN mine.valid_to IS NULL THEN '[]'::jsonb ELSE coalesce(
            (SELECT jsonb_agg(jsonb_build_object('level', 'yapi', 'kod', n.kimlik_no, 'reason', 'same_record'))
             FROM maks.yapi_version AS n
             WHERE n.id = mine.id AND n.kimlik_no <> mine.kimlik_no AND n.valid_to IS NULL),
            (SELECT jsonb_agg(jsonb_build_object('level', 'yapi', 'kod', n.kimlik_no, 'reason', 'same_place')
                ORDER BY ST_Area(ST_Intersection(n.geometry, mine.geometry)) DESC)
             FROM maks.yapi_version AS n WHERE n.valid_to IS NULL AND n.geometry && mine.geometry
                AND ST_Area(ST_Intersection(n.geometry, mine.geometry)) > 0.5 * ST_Area(mine.geometry)), '[]') END,
        'neighbours', coalesce((SELECT jsonb_agg(jsonb_build_object('level', 'numarataj', 'kod', d.kimlik_no,
                    'name', d.kapi_no, 'csbm', d.branch ->> 'csbm', 'csbm_tur', d.branch -> 'csbm_tur',
                    'relation', 'door') ORDER BY d.kimlik_no) FROM doors AS d), '[]')
            || coalesce((SELECT jsonb_agg(jsonb_build_object('level', 'yapi', 'kod', near.kimlik_no,
                    'relation', 'near') ORDER BY near.away, near.kimlik_no)
                FROM (SELECT n.kimlik_no, ST_Distance(n.geometry, mine.geometry) AS away
                      FROM maks.yapi_version AS n WHERE n.valid_to IS NULL AND n.kimlik_no <> wanted
                        AND ST_DWithin(n.geometry, mine.geometry, 30)
                      ORDER BY n.geometry <-> mine.geometry LIMIT 8) AS near), '[]'))
    FROM mine
$$;

-- A page of the feed after a number; each change with what its address is now.
CREATE OR REPLACE FUNCTION address.changes(since bigint, most integer, levels text[])
RETURNS TABLE (seq bigint, level text, kod bigint, change text, at timestamptz, now jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH page AS MATERIALIZED (
        SELECT c.seq, c.level, c.kod, c.change, c.at FROM address.change AS c
        WHERE c.seq > since AND c.level = ANY(levels) ORDER BY c.seq LIMIT most
    )
    SELECT page.seq, page.level, page.kod, page.change, page.at,
        CASE page.level WHEN 'numarataj' THEN door.said WHEN 'csbm' THEN road.said WHEN 'mahalle' THEN area.said
            WHEN 'yapi' THEN building.said END
    FROM page
    LEFT JOIN LATERAL (
        SELECT jsonb_build_object('dis_kapi_no', v.kapi_no, 'geometry', address.shown(v.geometry))
            || coalesce(address.branch_of_side(v.yol_orta_hat_yon_id), '{}') AS said
        FROM maks.numarataj_version AS v
        WHERE page.level = 'numarataj' AND v.kimlik_no = page.kod AND v.valid_to IS NULL) AS door ON true
    LEFT JOIN LATERAL (
        SELECT address.branch_of_side(v.id) AS said FROM maks.yol_orta_hat_yon_version AS v
        WHERE page.level = 'csbm' AND v.uavt_kodu = page.kod AND v.valid_to IS NULL
        ORDER BY v.kimlik_no LIMIT 1) AS road ON true
    LEFT JOIN LATERAL (
        SELECT address.branch_of_mahalle(v.id) AS said FROM maks.mahalle_version AS v
        WHERE page.level = 'mahalle' AND v.kimlik_no = page.kod AND v.valid_to IS NULL) AS area ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_build_object('zemin_ustu_kat_sayisi', v.zemin_ustu_kat_sayisi,
            'zemin_alti_kat_sayisi', v.zemin_alti_kat_sayisi) AS said FROM maks.yapi_version AS v
        WHERE page.level = 'yapi' AND v.kimlik_no = page.kod AND v.valid_to IS NULL) AS building ON true
    ORDER BY page.seq
$$;

-- The newest number of the feed; 0 where nothing has happened yet.
CREATE OR REPLACE FUNCTION address.newest() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(max(seq), 0) FROM address.change
$$;

REVOKE ALL ON SCHEMA address FROM PUBLIC, gis_etl, gis_office, gis_portal;
REVOKE ALL ON ALL TABLES IN SCHEMA address FROM PUBLIC, gis_etl, gis_office, gis_portal;
REVOKE ALL ON ALL ROUTINES IN SCHEMA address FROM PUBLIC, gis_etl, gis_office, gis_portal;
GRANT USAGE ON SCHEMA address TO gis_etl, gis_office, gis_portal;
GRANT SELECT ON address.change TO gis_etl, gis_office;
GRANT EXECUTE ON FUNCTION address.numarataj(bigint), address.csbm(bigint), address.mahalle(bigint),
    address.yapi(bigint), address.changes(bigint, integer, text[]), address.newest()
    TO gis_etl, gis_office, gis_portal;
