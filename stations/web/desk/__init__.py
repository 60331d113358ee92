"""The desk: where the staff keep the records true."""
