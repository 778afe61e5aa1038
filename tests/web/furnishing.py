"""A house in which nothing is missing: at least one of everything that the web account has a page for.

    seeded = seed_now(url, parties=FURNISHED)
    furnish(url)

The seeded house of `seeding.py` stays small, for tests count what is in it; this one is for those who walk every page.
"""

from typing import LiteralString

import psycopg

from .seeding import PARTIES

FURNISHED = (
    PARTIES
    + """
[[pack]]
id = "evening"
name = "Cheap in the evening"
owner = "north"
currency = "USD"
time_zone = "Europe/Kyiv"
bands = [ { name = "evening", weekdays = ["mon", "tue", "wed", "thu", "fri"], start = "20:00", end = "24:00" } ]
holidays = ["2030-01-01", "2030-05-01"]
prices = [ { code = "44", price = "0.02" }, { code = "44", price = "0.01", band = "evening" } ]

[[dealer]]
id = "young"
name = "Young Telecom"
balance = "0"

[[company]]
id = "north-office"
name = "Office Park Ltd"
dealer = "north"
pack = "north-direct"
balance = "75.5"

[[peer]]
id = "reception"
name = "Reception desk"
kind = "user"
dealer = "north"
company = "north-office"
extension = "201"
caller_number = "442079460201"
password = "a password of the reception"
numbers = ["442079460201", "442079460202"]

[[peer]]
id = "office-pbx"
name = "PBX of the Office Park"
dealer = "north"
pack = "north-direct"
balance = "30"
call_limit = 12
addresses = [
    { network = "192.0.2.77" },
    { network = "198.51.100.0/28", action = "deny", port = 5060, transport = "udp" },
]
translations = [
    { direction = "from_peer", field = "called", pattern = "00(.*)", replacement = '\\1' },
    { direction = "to_peer", field = "caller", pattern = "44(.*)", replacement = '0\\1' },
]

[[terminator]]
id = "second-carrier"
name = "Second carrier"
pack = "carrier-buying"
codes = ["44"]
priority = 20
host = "sip.example.net"
transport = "tls"
addresses = ["203.0.113.0/24"]
translations = [ { direction = "to_peer", field = "called", pattern = "(.*)", replacement = '+\\1' } ]

[[route_class]]
id = "north-routes"
name = "Routes of North"
dealer = "north"
base = "common"

[[route]]
class = "north-routes"
code = "4420"
terminator = "carrier"
priority = 5
weight = 60
times = ["mon-fri 08:00-20:00"]

[[hunting_class]]
id = "cheapest"
name = "The cheapest first"
dealer = "north"
mode = "rounded"
price_step = "0.001"
max_attempts = 4

[[hunting_class]]
id = "by-priority"
name = "By priority, then by price"
dealer = "owner"
"""
)

STATEMENTS: tuple[LiteralString, ...] = (
    'INSERT INTO right_grant (dealer_id, "right") SELECT y.id, g."right" FROM dealer AS y, right_grant AS g'
    " JOIN dealer AS n ON n.id = g.dealer_id WHERE y.key = 'young' AND n.key = 'north' ON CONFLICT DO NOTHING",
    "INSERT INTO peer_address (network, position, action) VALUES ('203.0.113.66', 1, 'deny')",
    "INSERT INTO role (key, name, dealer_id) SELECT 'night-shift', 'Night shift', id FROM dealer WHERE key = 'north'",
    "INSERT INTO role (key, name, dealer_id) SELECT 'billing-desk', 'Billing desk', id FROM dealer WHERE key = 'owner'",
    "INSERT INTO role_right (role_id, \"right\") SELECT id, unnest('{calls.view,peers.view,packs.view}'::text[]) FROM role",
    "INSERT INTO login (username, password, name, email, dealer_id, role_id)"
    " SELECT 'maria-' || d.key, '!', 'Maria Petrova', 'maria@example.net', d.id, r.id"
    " FROM dealer AS d JOIN role AS r ON r.dealer_id = d.id",
    "INSERT INTO api_key (dealer_id, login_id, name, prefix, secret_sha256, scopes, last_used_at)"
    " SELECT dealer_id, id, 'Nightly reports', 'ss_4fQ2', encode(sha256(username::bytea), 'hex'),"
    " '{calls.view,balances.view}', now() FROM login WHERE username LIKE 'maria-%'",
    "INSERT INTO webhook (dealer_id, name, url, events, secret_encrypted, low_balance_threshold)"
    " SELECT id, 'Accounting', 'https://example.com/hooks/accounting', '{call.ended,balance.low}', 'x', 10000000"
    " FROM dealer WHERE key IN ('owner', 'north')",
    "INSERT INTO webhook_delivery (webhook_id, event, subject, payload, status, attempts, response_status, response_text)"
    " SELECT id, 'call.ended', 'call ' || n, '{}', CASE n WHEN 1 THEN 'delivered' ELSE 'waiting' END,"
    " n, CASE n WHEN 1 THEN 200 ELSE 503 END, 'Service Unavailable' FROM webhook, generate_series(1, 3) AS n",
    "INSERT INTO shared (noun, object_id, with_dealer_id) SELECT 'billing_pack', p.id, d.id"
    " FROM billing_pack AS p, dealer AS d WHERE p.key = 'evening' AND d.key = 'city'",
    "INSERT INTO shared (noun, object_id, with_dealer_id) SELECT 'route_class', r.id, d.id"
    " FROM route_class AS r, dealer AS d WHERE r.key = 'common' AND d.key = 'north'",
    "INSERT INTO location (ruid, username, contact, received, expires, last_modified, user_agent)"
    " SELECT 'r-1', 'peer-' || id, 'sip:201@10.0.0.5:5060', 'sip:198.51.100.7:40000',"
    " (now() AT TIME ZONE 'UTC') + interval '5 minutes', now() AT TIME ZONE 'UTC', 'Desk phone 4.2'"
    " FROM peer WHERE key = 'reception'",
)
"""What a party file cannot say."""


def furnish(url: str) -> None:
    """Add to a house of FURNISHED what it has not got from its party file."""
    with psycopg.connect(url) as connection:
        for statement in STATEMENTS:
            connection.execute(statement)
