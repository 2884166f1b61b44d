"""From pitches and tools to what a processed wafer costs."""
