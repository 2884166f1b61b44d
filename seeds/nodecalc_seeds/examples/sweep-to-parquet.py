"""Costs over D0 and price on two nodes, written to grid.parquet and read back. Needs nodecalc[arrow] and pandas."""

import nodecalc as nc

sweep = nc.sweep(
    "10x10",
    node=["tsmc-n5", nc.at("smic-n+2", line_yield=0.95)],
    d0="0.05:0.5:10",
    wafer_price=[9000, 12000, 15000],
    outputs=["good_die_cost_usd", "die_yield"],
)
print(sweep.save("grid.parquet"))

frame = nc.open_sweep("grid.parquet").to_pandas()
print(frame.groupby("node", observed=True)["good_die_cost_usd"].agg(["min", "max"]).round(2))
