"""The way in: first questions to the desk, the choice of person, why it did not work."""
