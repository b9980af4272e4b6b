"""What the benchmarks share: trees to write, places to write them to, tables."""
