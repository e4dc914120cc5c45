"""What client and server have in common: rules, tables, reads and writes. No Qt, no process control."""

__version__ = "0.1.0"
