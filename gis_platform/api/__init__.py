"""HTTP, and nothing else: routes receive, ask, shape and answer."""
