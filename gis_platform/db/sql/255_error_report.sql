-- The public role sees no report: it may hand one in, and look one up by a number nobody can guess.

-- Hands a report in; NULL where this network (5 an hour) or everybody together (500 a day) sent enough.
-- Forgets on the way what is past its time: the hash of a network after a day, a text after a year.
CREATE OR REPLACE FUNCTION access.report_error(number text, layer text, version integer, feature text,
                                               said text, sender text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('access.error_report'));
    UPDATE access.error_report AS r SET sender = NULL
        WHERE r.sender IS NOT NULL AND r.at < clock_timestamp() - interval '1 day';
    UPDATE access.error_report AS r SET said = NULL
        WHERE r.said IS NOT NULL AND r.at < clock_timestamp() - interval '1 year';
    IF (SELECT count(*) FROM access.error_report AS r WHERE r.sender = report_error.sender
            AND r.at > clock_timestamp() - interval '1 hour') >= 5
        OR (SELECT count(*) FROM access.error_report AS r
            WHERE r.at > clock_timestamp() - interval '1 day') >= 500 THEN
        RETURN NULL;
    END IF;
    INSERT INTO access.error_report (number, layer, version, feature, said, sender)
        VALUES (report_error.number, report_error.layer, report_error.version, report_error.feature,
                report_error.said, report_error.sender);
    RETURN report_error.number;
END $$;

-- Where a report stands: what was said is not told, only what became of it.
CREATE OR REPLACE FUNCTION access.error_report_state(number text)
RETURNS TABLE (at timestamptz, layer text, feature text, state text, answer text, answered_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT r.at, r.layer, r.feature, r.state, r.answer, r.answered_at FROM access.error_report AS r
    WHERE r.number = error_report_state.number
$$;

REVOKE ALL ON access.error_report FROM PUBLIC, gis_etl, gis_office, gis_portal;
REVOKE ALL ON FUNCTION access.report_error(text, text, integer, text, text, text),
    access.error_report_state(text) FROM PUBLIC, gis_etl, gis_office, gis_portal;
GRANT EXECUTE ON FUNCTION access.report_error(text, text, integer, text, text, text),
    access.error_report_state(text) TO gis_portal;
GRANT SELECT (number, at, layer, version, feature, said, state, answer, answered_at, answered_by)
    ON access.error_report TO gis_office;
GRANT UPDATE (state, answer, answered_at, answered_by) ON access.error_report TO gis_office;
