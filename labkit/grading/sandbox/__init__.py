"""The sandbox: its walls, and the processes on both sides of them."""
