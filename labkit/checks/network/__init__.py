"""What the checks of critics and generators have in common."""
