"""A die's size, its transistors, and what it costs at a wafer's price."""
