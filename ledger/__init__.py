"""The books of the city: accounts, entries, holds, periods and seals; knows no web."""
