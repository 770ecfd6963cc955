"""Block Kit, drawn from plain values: no clock, no settings, no store."""
