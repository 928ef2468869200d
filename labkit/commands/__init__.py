"""The subcommands of `labkit`, by topic: the course, training, generators."""
