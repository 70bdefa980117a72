"""Composition: settings, database, command line, web application and the city as data."""
