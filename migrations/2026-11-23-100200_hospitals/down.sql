DROP TABLE hospital_versions;
DROP TABLE hospitals;
