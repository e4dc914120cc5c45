-- Undo of 0008: the functions take their triggers with them.
DROP FUNCTION
    desk.notice_rows(), desk.notice_any(), desk.notice_beside(), desk.notice_moved(), desk.notice_forgotten(),
    desk.notice_machine(), desk.notice_lease(), desk.notice_lease_changed()
CASCADE;
DROP FUNCTION desk.send_notice(text, bigint, bigint, bigint, text);
