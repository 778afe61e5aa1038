-- is_event_wanted: whether any webhook wants to be told of events of a kind. $1: the event.
SELECT EXISTS (SELECT FROM webhook AS w WHERE w.is_active AND $1 = ANY (w.events))
