REVOKE USAGE ON SCHEMA public FROM sizhu_service;
DROP EXTENSION btree_gist;
