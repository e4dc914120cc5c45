-- What the migrations and bootstrap make in database desk, object by object: what it is called, and all that makes it
-- what it is. Left out: columns of tables with fields that may be private, whose grants follow the rules
-- (doctor/private_columns.sql), and the roles of machines.
WITH schemas AS (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'
), given AS ( -- every right on anything in this database, PostgreSQL's own objects too
    SELECT 'function' AS kind, p.oid::regprocedure::text AS name, coalesce(p.proacl, acldefault('f', p.proowner)) AS acl
    FROM pg_proc AS p WHERE p.proacl IS NOT NULL OR p.pronamespace IN (SELECT oid FROM schemas)
    UNION ALL
    SELECT 'relation', c.oid::regclass::text,
        coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))
    FROM pg_class AS c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND (c.relnamespace IN (SELECT oid FROM schemas) OR c.relacl IS NOT NULL)
        AND NOT c.relnamespace::regnamespace::text ~ '^pg_(temp|toast)'
    UNION ALL
    SELECT 'column', a.attrelid::regclass || '.' || a.attname, a.attacl
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND NOT (
        c.relnamespace = 'desk'::regnamespace AND EXISTS (
            SELECT FROM desk.field_rule AS f WHERE f.entity = c.relname AND f.may_be_private
        )
    )
    UNION ALL SELECT 'schema', nspname, nspacl FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast_temp)'
    UNION ALL SELECT 'language', lanname, lanacl FROM pg_language
    UNION ALL SELECT 'type', oid::regtype::text, typacl FROM pg_type WHERE typacl IS NOT NULL
    UNION ALL SELECT 'parameter', parname, paracl FROM pg_parameter_acl
    UNION ALL SELECT 'foreign data wrapper', fdwname, fdwacl FROM pg_foreign_data_wrapper
    UNION ALL SELECT 'foreign server', srvname, srvacl FROM pg_foreign_server
    UNION ALL
    SELECT 'database', datname, coalesce(datacl, acldefault('d', datdba)) FROM pg_database
    WHERE %(all_databases)s OR datname = current_database()
    UNION ALL
    SELECT 'default rights', concat_ws(' ', defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype),
        defaclacl
    FROM pg_default_acl
), made AS (
    SELECT 'function' AS kind, p.oid::regprocedure::text AS name, concat_ws(E'\n', p.proowner::regrole,
        CASE WHEN p.prokind = 'a' THEN 'aggregate' ELSE pg_get_functiondef(p.oid) END) AS definition
    FROM pg_proc AS p WHERE p.pronamespace IN (SELECT oid FROM schemas) OR p.oid >= 16384
    UNION ALL
    SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'relation' END,
        c.oid::regclass::text, concat_ws(E'\n', c.relkind, c.relowner::regrole, c.relpersistence, c.relrowsecurity,
            c.relforcerowsecurity, c.reloptions,
            CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
            (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                    a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid)), E'\n' ORDER BY a.attname)
             FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
            (SELECT string_agg(concat_ws(' ', k.conname, pg_get_constraintdef(k.oid)), E'\n' ORDER BY k.conname)
             FROM pg_constraint AS k WHERE k.conrelid = c.oid))
    FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND (c.relnamespace IN (SELECT oid FROM schemas)
        OR c.oid >= 16384 AND NOT c.relnamespace::regnamespace::text ~ '^pg_(temp|toast)')
    UNION ALL
    SELECT 'trigger', t.tgname || ' on ' || t.tgrelid::regclass, concat_ws(' ', t.tgenabled, pg_get_triggerdef(t.oid))
    FROM pg_trigger AS t WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'rule', r.rulename || ' on ' || r.ev_class::regclass, concat_ws(' ', r.ev_enabled, pg_get_ruledef(r.oid))
    FROM pg_rewrite AS r WHERE r.ev_class >= 16384 AND r.rulename <> '_RETURN'
    UNION ALL
    SELECT 'policy', p.polname || ' on ' || p.polrelid::regclass,
        concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid),
            pg_get_expr(p.polwithcheck, p.polrelid))
    FROM pg_policy AS p
    UNION ALL
    SELECT 'event trigger', evtname,
        concat_ws(' ', evtevent, evtenabled, evtowner::regrole, evtfoid::regprocedure, evttags)
    FROM pg_event_trigger
    UNION ALL
    SELECT 'schema', nspname, nspowner::regrole::text FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast_temp)'
    UNION ALL
    SELECT 'cast', format('%%s to %%s', castsource::regtype, casttarget::regtype), castfunc::regprocedure::text
    FROM pg_cast WHERE oid >= 16384
    UNION ALL
    SELECT 'operator', oid::regoperator::text, concat_ws(' ', oprcode, oprowner::regrole)
    FROM pg_operator WHERE oid >= 16384
)
SELECT kind, name, encode(sha256(convert_to(definition, 'UTF8')), 'hex') FROM made
UNION ALL
SELECT 'rights on ' || kind, name, coalesce(string_agg(word, ', ' ORDER BY word), '')
FROM given CROSS JOIN LATERAL (
    SELECT CASE a.grantee WHEN 0 THEN 'everybody' ELSE a.grantee::regrole::text END || ' '
        || lower(a.privilege_type) || CASE WHEN a.is_grantable THEN ' and give it on' ELSE '' END AS word
    FROM aclexplode(given.acl) AS a
) AS exploded
GROUP BY kind, name
