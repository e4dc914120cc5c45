"""How a machine comes to its profile, and keeps it."""
