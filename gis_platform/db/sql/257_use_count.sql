-- Use of the public side. The public role adds to it and reads months of at least five; it sees no table.

-- Adds up what one worker has counted since it last did: one statement, in the order of the key, so that
-- workers neither lose each other's counts nor wait for each other in a circle.
CREATE OR REPLACE FUNCTION access.add_use(days date[], layers text[], kinds text[], formats text[],
                                          counts bigint[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO access.use_count AS known (day, layer, kind, format, count)
    SELECT n.day, n.layer, n.kind, n.format, sum(n.count)
        FROM unnest(days, layers, kinds, formats, counts) AS n (day, layer, kind, format, count)
        GROUP BY n.day, n.layer, n.kind, n.format ORDER BY n.day, n.layer, n.kind, n.format
    ON CONFLICT (day, layer, kind, format) DO UPDATE SET count = known.count + excluded.count
$$;

-- Days of more than two months ago become their month: who reads the table learns no more than the public.
CREATE OR REPLACE FUNCTION access.merge_use() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('access.use_count'));
    WITH old AS (
        DELETE FROM access.use_count AS u
            WHERE u.day < date_trunc('month', current_date)::date - interval '2 months'
              AND u.day <> date_trunc('month', u.day)::date
            RETURNING date_trunc('month', u.day)::date AS month, u.layer, u.kind, u.format, u.count)
    INSERT INTO access.use_count AS known (day, layer, kind, format, count)
    SELECT old.month, old.layer, old.kind, old.format, sum(old.count) FROM old
        GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (day, layer, kind, format) DO UPDATE SET count = known.count + excluded.count;
END $$;

-- Sums by month, the smallest that are told being five (portal.md §6.2: small counts).
CREATE OR REPLACE FUNCTION access.use_by_month(since date)
RETURNS TABLE (month date, layer text, kind text, format text, count bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT date_trunc('month', u.day)::date, u.layer, u.kind, u.format, sum(u.count)::bigint
        FROM access.use_count AS u WHERE u.day >= since
        GROUP BY 1, 2, 3, 4 HAVING sum(u.count) >= 5 ORDER BY 1, 2, 3, 4
$$;

REVOKE ALL ON access.use_count FROM PUBLIC, gis_etl, gis_office, gis_portal;
REVOKE ALL ON FUNCTION access.add_use(date[], text[], text[], text[], bigint[]), access.merge_use(),
    access.use_by_month(date) FROM PUBLIC, gis_etl, gis_office, gis_portal;
GRANT EXECUTE ON FUNCTION access.add_use(date[], text[], text[], text[], bigint[]), access.merge_use(),
    access.use_by_month(date) TO gis_portal;
GRANT SELECT ON access.use_count TO gis_office;
