"""Beyond the die: wafers for units, packages, memory, what was claimed; answers made of answers for dies."""
