DROP INDEX resident_versions_population_idx;
DROP TABLE simulation_changes;
DROP TABLE jobs;
