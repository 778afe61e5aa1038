"""Smartswitch: a soft switch that routes calls and charges every dealer above the caller."""
