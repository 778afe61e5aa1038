-- Until now a dealer could see everything of its own house without a grant; from now on seeing is a right like any other.
-- Dealers that were granted nothing get what a new dealer gets; the others keep what they have, and may see what they saw.
INSERT INTO right_grant (dealer_id, "right")
SELECT d.id, v.name
FROM dealer AS d
CROSS JOIN unnest(ARRAY[
    'audit.view', 'balances.adjust', 'balances.pay', 'balances.view', 'calls.hangup', 'calls.listen', 'calls.view',
    'companies.add', 'companies.change', 'companies.delete', 'companies.view', 'dealers.act_for', 'dealers.add',
    'dealers.block', 'dealers.change', 'dealers.delete', 'dealers.view', 'hunting.add', 'hunting.change', 'hunting.delete',
    'hunting.view', 'invoices.add', 'invoices.change', 'invoices.delete', 'invoices.view', 'keys.add', 'keys.delete',
    'keys.view', 'logins.add', 'logins.change', 'logins.delete', 'logins.view', 'numbers.add', 'numbers.change',
    'numbers.delete', 'numbers.view', 'packs.activate', 'packs.add', 'packs.change', 'packs.delete', 'packs.see_parent',
    'packs.view', 'pbx.conferences', 'pbx.extensions', 'pbx.ivr', 'pbx.queues', 'pbx.voicemail', 'peers.add',
    'peers.change', 'peers.delete', 'peers.view', 'reports.view', 'routes.add', 'routes.change',
    'routes.check', 'routes.delete', 'routes.view', 'settings.change', 'settings.view', 'webhooks.add', 'webhooks.change',
    'webhooks.delete', 'webhooks.view'
]) AS v (name)
WHERE d.parent_id IS NOT NULL
  AND (v.name LIKE '%.view' OR NOT EXISTS (SELECT FROM right_grant AS g WHERE g.dealer_id = d.id))
ON CONFLICT (dealer_id, "right") DO NOTHING;
