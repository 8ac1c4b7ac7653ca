-- Office proposes, approves and publishes; the portal reads what is published and nothing else.
REVOKE ALL ON SCHEMA catalogue, published FROM PUBLIC, gis_etl, gis_office, gis_portal;
GRANT USAGE ON SCHEMA catalogue, published TO gis_office;
GRANT USAGE ON SCHEMA published TO gis_portal;

REVOKE ALL ON catalogue.layer_version, catalogue.audit FROM PUBLIC, gis_etl, gis_office, gis_portal;
GRANT SELECT ON catalogue.layer_version, catalogue.audit TO gis_office;
GRANT INSERT (layer, version, entry, row_count, extent, data_sha256, metadata_sha256, licence_sha256,
    screening, screening_sha256, moved_by, acts_for) ON catalogue.layer_version TO gis_office;
GRANT UPDATE (state, moved_by, acts_for, reason, files) ON catalogue.layer_version TO gis_office;

REVOKE ALL ON catalogue.delegation, catalogue.withdrawal FROM PUBLIC, gis_etl, gis_office, gis_portal;
GRANT SELECT ON catalogue.delegation, catalogue.withdrawal TO gis_office;
GRANT INSERT (delegate, principal, valid_from, valid_to, given_by), UPDATE (ended_by)
    ON catalogue.delegation TO gis_office;
GRANT INSERT (layer, reason, asked_by, asked_for), UPDATE (closed_by, closed_for)
    ON catalogue.withdrawal TO gis_office;

REVOKE ALL ON published.catalogue, published.catalogue_edition, published.file, published.audit
    FROM PUBLIC, gis_etl, gis_office, gis_portal;
GRANT SELECT ON published.catalogue, published.catalogue_edition, published.file, published.audit TO gis_office, gis_portal;

REVOKE ALL ON ALL ROUTINES IN SCHEMA catalogue, published FROM PUBLIC, gis_etl, gis_portal;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA catalogue TO gis_office;
REVOKE ALL ON FUNCTION catalogue.add_audit(catalogue.audit) FROM gis_office;
