"""Lists of students as a learning platform exports them."""
