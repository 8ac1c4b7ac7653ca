-- The same key as gis_platform.core.text.fold; a test compares them character by character.
-- Steps: NFC, no combining dot (I-dot, lowered elsewhere, leaves one behind), the Turkish letters,
-- NFKD, small letters, no combining marks, single blanks.
CREATE OR REPLACE FUNCTION public.fold_tr(given text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(regexp_replace(
        lower(
            normalize(
                translate(
                    replace(normalize(given, NFC), U&'\0307', ''),
                    U&'çÇğĞıIİöÖşŞüÜâÂîÎûÛ\00a0’‘`´–—',
                    U&'ccggiiioossuuaaiiuu ''''''''--'
                ),
                NFKD
            ) COLLATE "und-x-icu"
        ),
        '[\u0300-\u034e\u0350-\u036f\u0483-\u0487\u1ab0-\u1abd\u1abf-\u1ace\u1dc0-\u1dff\u20d0-\u20dc\u20e1\u20e5-\u20f0\ufe20-\ufe2f]+', '', 'g'),
        '[\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g'),
        ' ')
$$;
