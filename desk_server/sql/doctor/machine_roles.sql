-- Login roles of machines that differ from table machine.
SELECT r.rolname || ' is no machine' FROM pg_roles AS r
WHERE desk.is_machine_role(r.rolname) AND r.rolcanlogin
  AND NOT EXISTS (SELECT FROM desk.machine AS m
                  WHERE 'm_' || m.name = r.rolname AND m.level <> 'none' AND m.deleted_at IS NULL)
UNION ALL
SELECT 'm_' || m.name || ' has no login' FROM desk.machine AS m
WHERE m.level <> 'none' AND m.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = 'm_' || m.name AND r.rolcanlogin)
UNION ALL
SELECT 'm_' || m.name || ' has no group' FROM desk.machine AS m
WHERE m.level <> 'none' AND m.deleted_at IS NULL AND NOT EXISTS (
    SELECT FROM pg_auth_members AS a
    WHERE a.member = to_regrole(quote_ident('m_' || m.name)) AND a.roleid = to_regrole('desk_' || m.level))
UNION ALL
SELECT r.rolname || ' has more power than a machine' FROM pg_roles AS r
WHERE desk.is_machine_role(r.rolname)
  AND (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls OR r.rolconnlimit <> 8)
UNION ALL
SELECT r.rolname || ' has a password' FROM pg_authid AS r WHERE desk.is_machine_role(r.rolname) AND r.rolpassword IS NOT NULL
UNION ALL
SELECT r.rolname || ' is a member of ' || g.rolname
FROM pg_auth_members AS a
JOIN pg_roles AS g ON g.oid = a.roleid
JOIN pg_roles AS r ON r.oid = a.member
LEFT JOIN desk.machine AS m ON 'm_' || m.name = r.rolname
WHERE desk.is_machine_role(r.rolname)
  AND (g.rolname IS DISTINCT FROM 'desk_' || m.level OR a.set_option OR a.admin_option OR NOT a.inherit_option)
