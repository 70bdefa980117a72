"""Files for the bank: money out (pain.001) and collections (pain.008), each payment once."""
