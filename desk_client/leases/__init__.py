"""The leases that this client holds, and those of others that it shows."""
