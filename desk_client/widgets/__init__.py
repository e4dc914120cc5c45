"""Widgets without a domain: they know Qt, the theme and values, never tickets."""
