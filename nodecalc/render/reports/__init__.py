"""What each command has to say."""
