"""Reads: functions of a connection that return schemas."""
