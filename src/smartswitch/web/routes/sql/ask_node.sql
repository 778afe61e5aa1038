-- ask_node: put a question and wake the nodes. dealer: id of who asks; content: the question as JSON text.
WITH asked AS (
    INSERT INTO node_question (dealer_id, content) VALUES (%(dealer)s, %(content)s::text::jsonb) RETURNING id
)
SELECT id, pg_notify('question', id::text) FROM asked
