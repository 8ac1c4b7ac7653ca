-- What matching and publication see of several layers at once.

-- The label of a csbm type code; the same list stands in maks/model.py, a test compares them.
CREATE OR REPLACE FUNCTION maks.csbm_type(code integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE code
        WHEN 0 THEN 'Köy Sokağı' WHEN 1 THEN 'Meydan' WHEN 2 THEN 'Bulvar'
        WHEN 3 THEN 'Cadde' WHEN 4 THEN 'Sokak' WHEN 5 THEN 'Küme Evler' END
$$;

-- A csbm is a UAVT code of road sides. A road on the border of two mahalle has a code in each
-- (maks.md §1.3); where a delivery gives one code to several roads or mahalle, the lowest kimlik no
-- speaks, and a control says so.
CREATE OR REPLACE VIEW maks.csbm_name AS
SELECT DISTINCT ON (yon.uavt_kodu)
    yon.uavt_kodu AS csbm_kod,
    yol.ad AS csbm,
    yol.tip AS tur_kod,
    yol.kimlik_no AS yol_kimlik_no,
    mahalle.kimlik_no AS mahalle_kod,
    mahalle.ad AS mahalle,
    ilce.kimlik_no AS ilce_kod,
    ilce.ad AS ilce,
    il.ad AS il
FROM maks.yol_orta_hat_yon AS yon
JOIN maks.yol_orta_hat AS hat ON hat.id = yon.yol_orta_hat_id
JOIN maks.yol ON yol.id = hat.yol_id
LEFT JOIN maks.mahalle ON mahalle.id = yon.mahalle_id
LEFT JOIN maks.ilce ON ilce.id = mahalle.ilce_id
LEFT JOIN maks.il ON il.id = ilce.il_id
WHERE yon.uavt_kodu IS NOT NULL
ORDER BY yon.uavt_kodu, yol.kimlik_no, mahalle.kimlik_no;

CREATE OR REPLACE VIEW maks.csbm AS
SELECT
    name.csbm_kod AS kimlik_no,
    name.csbm AS ad,
    maks.csbm_type(name.tur_kod) AS tur,
    name.mahalle_kod AS mahalle_kodu,
    name.mahalle,
    line.geometry
FROM maks.csbm_name AS name
JOIN (
    SELECT side.uavt_kodu,
        ST_Multi(ST_Collect(hat.geometry ORDER BY hat.kimlik_no))::geometry(MultiLineString, 5254) AS geometry
    FROM (SELECT DISTINCT uavt_kodu, yol_orta_hat_id FROM maks.yol_orta_hat_yon) AS side
    JOIN maks.yol_orta_hat AS hat ON hat.id = side.yol_orta_hat_id
    GROUP BY side.uavt_kodu
) AS line ON line.uavt_kodu = name.csbm_kod;

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

-- Names a place had before: people go on writing them.
CREATE OR REPLACE VIEW maks.former_name AS
SELECT DISTINCT 'mahalle' AS level, now.kimlik_no AS kod, before.ad AS alias
FROM maks.mahalle AS now
JOIN maks.mahalle_version AS before USING (kimlik_no)
WHERE before.valid_to IS NOT NULL AND before.ad <> now.ad
UNION
SELECT DISTINCT 'csbm', name.csbm_kod, before.ad
FROM maks.csbm_name AS name
JOIN maks.yol_version AS before ON before.kimlik_no = name.yol_kimlik_no
WHERE before.valid_to IS NOT NULL AND before.ad <> name.csbm;
