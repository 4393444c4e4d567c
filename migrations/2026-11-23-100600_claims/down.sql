DROP TABLE stays;
DROP TABLE claim_versions;
DROP TABLE claims;
