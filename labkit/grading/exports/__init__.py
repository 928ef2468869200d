"""Grades as a learning platform imports them."""
