"""The calls of this node: from the INVITE until everything of it is stored."""
