"""What leaves the house: one file per outbox topic."""
