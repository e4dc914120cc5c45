"""What happened about who gets in: the list of security events, and the alarms over the window."""
