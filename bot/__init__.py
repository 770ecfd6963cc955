"""Wires everything together and runs it."""
