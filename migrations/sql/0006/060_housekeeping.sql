-- The worker removes what enrolment left long ago.
GRANT DELETE ON desk.signing_request, desk.enrolment_code TO desk_worker;
GRANT SELECT (id, expires_at, used_at, withdrawn_at) ON desk.enrolment_code TO desk_worker;
