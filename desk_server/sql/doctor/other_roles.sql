-- Other roles that could come in, in a cluster of ours; in a site's own its lines of pg_hba.conf keep them out.
SELECT rolname || CASE WHEN rolsuper THEN ' is a superuser' ELSE ' may log in' END FROM pg_roles
WHERE %(is_embedded)s AND rolname !~ '^desk_' AND NOT desk.is_machine_role(rolname) AND rolname <> %(superuser)s AND (rolcanlogin OR rolsuper)
