"""Where answers meet."""
