-- read_questions: what somebody still waits to be told. Who asked gives up after 3 s.
SELECT id, dealer_id, content::text AS content
FROM node_question
WHERE answer IS NULL AND asked_at > now() - interval '3 seconds'
ORDER BY asked_at
