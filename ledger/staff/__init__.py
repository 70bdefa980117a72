"""The people who work with the books: accounts, passwords, codes, PINs, sessions and the audit log.

Knows no web: `config.staff` has the pages. Who may do what stands in `config.access`.
"""
