DROP TABLE status_evidence;
DROP TABLE status_versions;
DROP TABLE statuses;
