-- Office proposes, approves and publishes; the portal reads what is published and nothing else.
GRANT USAGE ON SCHEMA maks, catalogue TO gis_office;
GRANT USAGE, CREATE ON SCHEMA published TO gis_office;
GRANT USAGE ON SCHEMA published TO gis_portal;

REVOKE ALL ON catalogue.layer_version, catalogue.audit FROM gis_office, gis_portal, gis_etl;
GRANT SELECT, INSERT, UPDATE ON catalogue.layer_version TO gis_office;
GRANT SELECT ON catalogue.audit TO gis_office;

REVOKE ALL ON published.catalogue, published.catalogue_edition FROM gis_office, gis_portal, gis_etl;
GRANT SELECT, INSERT, UPDATE ON published.catalogue TO gis_office;
GRANT SELECT ON published.catalogue, published.catalogue_edition TO gis_office, gis_portal;
