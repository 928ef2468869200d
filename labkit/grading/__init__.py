"""Grading: submissions run in a sandbox, marks are decided outside, on data alone."""
