"""Operations of the API that are not those of a noun: one module an area, each with a router."""
