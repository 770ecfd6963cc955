"""HTTP endpoints: intake, health."""
