"""Calls: legs in progress, CDRs, charges, and the nodes that carry them."""
