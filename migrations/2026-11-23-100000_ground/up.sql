-- Needed by the EXCLUDE constraints that mix equality with date ranges.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Roles are made by `sizhu migrate --bootstrap`, never here. The service's role owns nothing.
GRANT USAGE ON SCHEMA public TO sizhu_service;
