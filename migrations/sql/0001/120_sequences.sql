-- Numbers that people see, and the fencing token of edit leases (it only ever rises).

CREATE SEQUENCE desk.ticket_number START 10001;
CREATE SEQUENCE desk.customer_number;
CREATE SEQUENCE desk.lease_token;
