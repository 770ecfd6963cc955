"""Commands one types in a terminal."""
