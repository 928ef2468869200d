"""Grading on many machines: Dask's workers grade, one process keeps the records."""
