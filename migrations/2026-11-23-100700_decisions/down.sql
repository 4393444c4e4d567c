DROP TABLE decision_years;
DROP TABLE decisions;
