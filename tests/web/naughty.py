"""Strings that break careless programs, written down by hand: for every text field, and for what phones say of themselves.

A page that is given one either keeps it and shows it as text, or refuses it in words. It never runs it, and never fails.
"""

LONG = "x" * 10_000

NAUGHTY: tuple[str, ...] = (
    # What a page could take for markup or script.
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "\" autofocus onfocus=\"alert(1)",
    "<a href=\"javascript:alert(1)\">here</a>",
    "javascript:alert(1)",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<!--",
    "]]>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "{{ 7|add:7 }}{% load static %}",
    "{{constructor.constructor('alert(1)')()}}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "<x hx-get='/logout' hx-trigger='load'>",
    # What a database, a shell, a file or a spreadsheet could take for an order.
    "'; DROP TABLE peer; --",
    "\" OR \"\"=\"",
    "1; SELECT pg_sleep(10)",
    "%' AND 1=0 UNION SELECT password FROM login --",
    "%s %d %(name)s {0} %",
    "$(reboot) `reboot` | reboot & reboot",
    "../../../../etc/passwd",
    "C:\\con\\aux.txt",
    "=HYPERLINK(\"http://192.0.2.9\",\"here\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1",
    "-1-1",
    # What SIP could take for an end, or for another header.
    "sip:bob@192.0.2.9>;tag=1",
    "\"Bob\" <sip:bob@192.0.2.9>",
    "a\r\nVia: SIP/2.0/UDP 192.0.2.9",
    "a%0d%0aContact: <sip:eve@192.0.2.9>",
    "*;expires=0",
    # Characters that are not letters, or not one.
    "\x00",
    "a\x00b",
    "\x07\x1b[31mred\x1b[0m",
    "\ufeffbyte order",
    "\u202eright to left\u202c",
    "\u2066isolated\u2069",
    "zero\u200bwidth\u200djoined",
    "line\u2028paragraph\u2029",
    "\x7f\x80\x9f",
    "e\u0301 combined",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d algo",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f1fa\U0001f1e6",
    "\uff1cscript\uff1efull width",
    "\u0661\u0662\u0663",
    "\u2460\u00b2\u2153",
    "\u0130stanbul \u0131 \u00df \ufb01",
    "\u041f\u0440\u0438\u0432\u0435\u0442",
    "\u0645\u0631\u062d\u0628\u0627",
    "\u4f60\u597d",
    "\ufdfd\ufdfd\ufdfd",
    "\ufffe\uffff",
    # Nothing, numbers that are none, and too much.
    "",
    " ",
    "\t\n",
    "null",
    "undefined",
    "None",
    "NaN",
    "Infinity",
    "-0",
    "1e309",
    "0x10",
    "99999999999999999999999999",
    "-9223372036854775809",
    "1_000",
    "1,5",
    "2026-02-30",
    LONG,
)  # fmt: skip
"""More than sixty, of every sort."""

STRANGERS: tuple[str, ...] = tuple(text for text in NAUGHTY if text and "\x00" not in text)
"""Those that can stand in a database: what a phone may have sent as its User-Agent or as a display name."""


def share_of(number: int, parts: int) -> tuple[str, ...]:
    """One of so many equal parts of them: fields that are read alike share the strings among them, which saves time."""
    return NAUGHTY[number % parts :: parts]
