"""Audits: tills by surprise (§ 31 (5) KomHVO NRW), and samples of entries that come out the same.

A till is frozen, counted blind and written down once; a sample is drawn by a seed.
"""
