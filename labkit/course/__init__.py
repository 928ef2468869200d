"""From one source per lab to everything that people get: `labkit build`."""
