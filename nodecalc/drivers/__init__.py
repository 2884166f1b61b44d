"""Whatever runs the stages: one answer, arrays, sweeps, wafers, bands, crossings; never a formula."""
