-- Large objects: nothing of ours is one, so somebody found a way to write to the disk.
SELECT 'large object ' || m.oid || ' of ' || m.lomowner::regrole FROM pg_largeobject_metadata AS m
