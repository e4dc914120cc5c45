"""What client and server have in common: rules, tables, reads and writes. No Qt, no process control."""

__version__ = "0.1.0"
SCHEMA_REVISION = "0010"  # the oldest schema that this code can work with; the version gate compares
