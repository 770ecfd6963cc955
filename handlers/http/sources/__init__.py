"""Parsers of outside systems' payloads, one file per system."""
