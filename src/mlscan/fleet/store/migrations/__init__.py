"""How a store of an older version becomes one of this version, step by step; run by Alembic when a store is opened."""
