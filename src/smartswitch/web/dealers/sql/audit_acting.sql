-- audit_acting: note in the audit log that a person begins or ends to act for a dealer. dealer: id; what; until: moment.
SELECT audit_acting(%(dealer)s, %(what)s, %(until)s)
