"""The city as data: facilities, products, dated prices, taxes and accounts from TOML files.

`read_city` reads and checks a folder, `load_city` brings it into the database, `stored_catalogue`
is what a running system sells from. Prices are only ever added: an amount once in force stays.
"""
