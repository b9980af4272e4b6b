"""The commands of `jobframe`, one module for each group; thin, they decide nothing."""
