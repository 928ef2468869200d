"""Inside the sandbox: a submission read, its cells run, what they changed."""
