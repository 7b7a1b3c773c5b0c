"""The menu for outsiders: the blueprint printed as OpenAPI, and a page to read it on.

Why       The document is made from the very endpoints that edge serves, so it cannot promise
          anything else.
Called by app (mounts the pages), cli (writes the document to a file).
Never     runs an endpoint, reads a proto by itself, or loads anything from another host.
"""
