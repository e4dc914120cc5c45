"""The generic list: columns, paged model, heading, view, controller."""
