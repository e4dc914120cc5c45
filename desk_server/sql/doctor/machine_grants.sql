-- What a machine's role owns, or was given by itself: on single objects, columns, anything.
SELECT DISTINCT r.rolname || CASE s.deptype WHEN 'o' THEN ' owns ' ELSE ' has a right on ' END
    || coalesce(pg_describe_object(s.classid, s.objid, s.objsubid), 'an object of another database')
FROM pg_shdepend AS s
JOIN pg_roles AS r ON r.oid = s.refobjid
WHERE s.refclassid = 'pg_authid'::regclass AND s.deptype IN ('o', 'a') AND r.rolname ~ '^m_' AND (
    s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    OR s.dbid = 0 AND desk.is_machine_role(r.rolname)
)
