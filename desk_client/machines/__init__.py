"""The machines and their permission: an administrator's screen."""
