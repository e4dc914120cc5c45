"""The generic form: fields by specification, editing under lease and version."""
