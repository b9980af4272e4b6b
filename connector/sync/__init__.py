"""The pipeline: map, diff, guard, plan and apply."""
