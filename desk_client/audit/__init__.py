"""The audit: an administrator's screen."""
