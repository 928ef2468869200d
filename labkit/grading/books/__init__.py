"""What is derived from the records: nbgrader's grade book, pages, tables."""
