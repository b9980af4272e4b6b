"""The job framework: its model, its validation, its releases and its sources."""
