"""The sealed audit: how an entry becomes bytes, blocks and their chain, verifying it, forgetting a person."""
