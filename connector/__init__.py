"""Keep an HRIS and an LMS equal to one job framework, through a reviewed plan."""

__version__ = "0.1.0"
