"""Everything that comes in, and what it looks like when it goes back."""
