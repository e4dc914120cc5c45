"""Drafts: what is typed and not saved, journalled on this computer, and offered again after a crash."""
