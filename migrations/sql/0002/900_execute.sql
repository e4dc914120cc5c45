-- Our functions: those of bootstrap and of extensions have other owners.
CREATE FUNCTION desk.own_functions() RETURNS SETOF regprocedure
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT oid::regprocedure FROM pg_proc
    WHERE pronamespace = 'desk'::regnamespace AND proowner = 'desk_owner'::regrole
$$;

-- Nobody calls these but the triggers and whom revision 0003 names.
DO $$
DECLARE
    routine regprocedure;
BEGIN
    FOR routine IN SELECT desk.own_functions() LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
    END LOOP;
END
$$;
