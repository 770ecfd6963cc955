"""Outbound connections to other systems."""
