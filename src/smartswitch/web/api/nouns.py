"""The nouns of this application."""

from smartswitch.web.api.keys.noun import KEYS
from smartswitch.web.api.webhooks.noun import DELIVERIES, WEBHOOKS
from smartswitch.web.nouns.registry import register

for noun in (KEYS, WEBHOOKS, DELIVERIES):
    register(noun)
