"""The questions that the product answers, each a pure function of the query, a snapshot and an atlas."""
