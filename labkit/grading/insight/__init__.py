"""What a teacher wants to know of a graded class before the next hour, on one page."""
