REVOKE EXECUTE ON FUNCTION
    desk.lease_take(text, bigint), desk.lease_beat(text[], bigint[], bigint[]), desk.lease_release_all(),
    desk.lease_ask(text, bigint), desk.lease_answer(text, bigint, bigint, boolean),
    desk.take_over_reason(desk.edit_lease), desk.lease_take_over(text, bigint)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    desk.lease_take(text, bigint), desk.lease_beat(text[], bigint[], bigint[]), desk.lease_release_all(),
    desk.lease_ask(text, bigint), desk.lease_answer(text, bigint, bigint, boolean), desk.lease_take_over(text, bigint)
TO desk_full;
