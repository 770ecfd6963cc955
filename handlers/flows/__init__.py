"""Use cases: one file and one transaction each."""
