"""Surprise audits of tills (§ 31 (5) KomHVO NRW): frozen, counted blind, written down once."""
