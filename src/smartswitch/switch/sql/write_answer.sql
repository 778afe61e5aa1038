-- write_answer: answer a question, if no other node has, and wake who asked.
-- $1 uuid the question, $2 jsonb the answer, $3 text the node.
WITH answered AS (
    UPDATE node_question SET answer = $2::text::jsonb, answered_by = $3 WHERE id = $1 AND answer IS NULL RETURNING id
)
SELECT pg_notify('answer', id::text) FROM answered
