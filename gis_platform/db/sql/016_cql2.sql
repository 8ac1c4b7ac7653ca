-- CASEI and ACCENTI of CQL2 (21-065r2, 7.8 and 7.9). Neither of the two case rules, the Turkish and
-- that of the other languages, finds both NİŞANCI and KIEV: the four letters I, İ, ı, i are one here.
CREATE OR REPLACE FUNCTION public.cql2_casei(given text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(translate(replace(normalize(given, NFC), U&'\0307', ''), 'Iİı', 'iii') COLLATE "und-x-icu")
$$;

-- Letters without their marks, in their own case; ı is an i without its dot.
CREATE OR REPLACE FUNCTION public.cql2_accenti(given text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT normalize(regexp_replace(normalize(translate(given, 'ıİ', 'iI'), NFD),
        '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+', '', 'g'), NFC)
$$;
