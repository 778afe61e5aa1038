-- set_actor: who acts, and from where, for the audit of this transaction. $1 text actor.
SELECT set_config('smartswitch.actor', $1, true), set_config('smartswitch.origin', 'command line', true)
