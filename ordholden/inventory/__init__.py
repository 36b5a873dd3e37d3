"""Which category of data lives in which system, table and field, and which keys join them: `systems.yaml` in, an
`Inventory` with places out, and every way in which it fits neither the policy nor the live systems.
"""
