DROP TABLE policies;
DROP TABLE api_clients;
