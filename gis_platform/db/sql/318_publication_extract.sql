-- The audit for the public: of layers it may know of, without names and without the reasons people gave
-- one another; that of a withdrawal or a correction is public anyway.
DROP VIEW IF EXISTS published.audit;
CREATE VIEW published.audit AS
    SELECT line.id, line.at, coalesce(line.deed, 'moved') AS deed, line.layer, line.version, line.from_state,
        line.to_state, CASE WHEN line.to_state IN ('withdrawn', 'corrected') THEN line.reason END AS reason,
        line.data_sha256, line.metadata_sha256, line.previous_hash, line.hash
    FROM catalogue.audit AS line
    WHERE EXISTS (SELECT FROM published.catalogue AS known
                  WHERE known.layer = line.layer AND known.version = line.version);
