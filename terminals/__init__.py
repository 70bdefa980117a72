"""Where money is taken: the JSON API for tills, payment adapters and their faces."""
