DROP TABLE transfers;
DROP TABLE recoveries;
DROP TABLE awards;
DROP TABLE accounts;
