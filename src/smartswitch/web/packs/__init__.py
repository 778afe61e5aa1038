"""Billing packs: price lists, their time bands, holidays and prices, and exchange rates."""
