"""Counterparties that speak their real protocols and know nothing of our code.

They serve the demonstration, staff training and the tests, and can be told to misbehave.
"""
