"""Which fields are private: an administrator's screen."""
