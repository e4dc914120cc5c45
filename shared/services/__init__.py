"""Writes: functions of a session, one for each thing a person does."""
