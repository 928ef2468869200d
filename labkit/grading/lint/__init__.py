"""The gate before a lab is released: `labkit lint-lab`."""
