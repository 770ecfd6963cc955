"""How fast the hot paths are, against a limit measured in the same run: `python -m benchmarks [NAME…]`."""
