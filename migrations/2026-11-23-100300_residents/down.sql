DROP TABLE resident_versions;
DROP TABLE residents;
DROP TABLE subjects;
