-- Functions that the owner makes later.
SELECT 'functions of desk_owner are made open to everybody'
WHERE NOT EXISTS (
    SELECT FROM pg_default_acl AS d
    WHERE d.defaclrole = 'desk_owner'::regrole AND d.defaclobjtype = 'f' AND d.defaclnamespace = 0
      AND NOT EXISTS (SELECT FROM aclexplode(d.defaclacl) AS a WHERE a.grantee = 0)
)
UNION ALL
SELECT 'what ' || d.defaclrole::regrole || ' makes is given to ' || coalesce(r.rolname, 'everybody')
FROM pg_default_acl AS d
CROSS JOIN LATERAL aclexplode(d.defaclacl) AS a
LEFT JOIN pg_roles AS r ON r.oid = a.grantee
WHERE a.grantee <> d.defaclrole AND (a.grantee = 0 OR r.rolname ~ '^(m_|desk_)')
