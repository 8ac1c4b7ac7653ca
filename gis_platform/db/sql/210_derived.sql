-- What publication shows of several layers at once.

-- The label of a csbm type code; the same list stands in maks/model.py, a test compares them.
CREATE OR REPLACE FUNCTION maks.csbm_type(code integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE code
        WHEN 0 THEN 'Köy Sokağı' WHEN 1 THEN 'Meydan' WHEN 2 THEN 'Bulvar'
        WHEN 3 THEN 'Cadde' WHEN 4 THEN 'Sokak' WHEN 5 THEN 'Küme Evler' END
$$;

-- A csbm is a UAVT code: all centre-lines one of whose sides carries it. A road on the border of two
-- mahalle has one row for each (maks.md §1.3).
CREATE OR REPLACE VIEW maks.csbm AS
SELECT
    yon.uavt_kodu AS kimlik_no,
    (array_agg(yol.ad ORDER BY hat.kimlik_no))[1] AS ad,
    maks.csbm_type((array_agg(yol.tip ORDER BY hat.kimlik_no))[1]) AS tur,
    min(mahalle.kimlik_no) AS mahalle_kodu,
    (array_agg(mahalle.ad ORDER BY mahalle.kimlik_no))[1] AS mahalle,
    ST_Multi(ST_Collect(hat.geometry ORDER BY hat.kimlik_no))::geometry(MultiLineString, 5254) AS geometry
FROM (
    SELECT DISTINCT uavt_kodu, yol_orta_hat_id, mahalle_id
    FROM maks.yol_orta_hat_yon WHERE uavt_kodu IS NOT NULL
) AS yon
JOIN maks.yol_orta_hat AS hat ON hat.id = yon.yol_orta_hat_id
JOIN maks.yol ON yol.id = hat.yol_id
LEFT JOIN maks.mahalle ON mahalle.id = yon.mahalle_id
GROUP BY yon.uavt_kodu;

-- A door with the names a citizen knows it by.
CREATE OR REPLACE VIEW maks.kapi AS
SELECT
    numarataj.kimlik_no,
    numarataj.kapi_no AS dis_kapi_no,
    yon.uavt_kodu AS csbm_kodu,
    yol.ad AS csbm,
    mahalle.kimlik_no AS mahalle_kodu,
    mahalle.ad AS mahalle,
    numarataj.geometry
FROM maks.numarataj
LEFT JOIN maks.yol_orta_hat_yon AS yon ON yon.id = numarataj.yol_orta_hat_yon_id
LEFT JOIN maks.yol_orta_hat AS hat ON hat.id = yon.yol_orta_hat_id
LEFT JOIN maks.yol ON yol.id = hat.yol_id
LEFT JOIN maks.mahalle ON mahalle.id = yon.mahalle_id;
