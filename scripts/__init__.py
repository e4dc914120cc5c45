"""What a developer runs by hand: the lock, its checks, the translations."""
