DROP TABLE claim_batch_results;
DROP TABLE claim_batches;
