"""Pure rules: standard library and shared.errors only."""
