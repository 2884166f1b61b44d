"""The wafer from its layers: which stack, which schemes, what an exposure costs, what doing without tools adds."""
