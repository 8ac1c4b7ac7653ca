-- The three roles of the platform. On the private cluster each logs in by itself (unix socket, peer);
-- on a named server they cannot log in, the login of GIS_DB__URL becomes a member and sets the role.
DO $$
DECLARE
    is_private boolean := current_setting('gis.is_private', true) = 'on';
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['gis_etl', 'gis_office', 'gis_portal'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I', role_name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database of the same server is being upgraded just now
            END;
        END IF;
        IF is_private THEN
            IF NOT (SELECT rolcanlogin FROM pg_roles WHERE rolname = role_name) THEN
                EXECUTE format('ALTER ROLE %I LOGIN', role_name);
            END IF;
        ELSIF NOT pg_has_role(current_user, role_name, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO %I', role_name, current_user);
        END IF;
    END LOOP;
END $$;
