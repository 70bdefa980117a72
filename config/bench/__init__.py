"""The benchmark: how fast the books are, told as ratios to the same rows without the books.

`runner.run` measures, `table` tells. Every slice works in a fresh copy of one template database on
a server of its own with fsync on; slices of one round take turns, and ratios pair slices of the
same round. One module per subject: `limits` is what PostgreSQL itself can do, `charges` and
`crowd` post one by one, `batches` many at once, `balance` reads, `peers` asks other libraries;
`till` taps at a register and `sync` sends what it sold, both on the ground of `sites`.
"""
