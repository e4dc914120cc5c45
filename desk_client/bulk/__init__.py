"""Many rows of one entity changed, deleted or taken back at once: choice of fields, progress, results, undo."""
