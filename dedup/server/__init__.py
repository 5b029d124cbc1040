"""Adapters of an index for HTTP, for the browser and for assistants: the only room that needs the extras `server` and `mcp`."""
