"""Reads the vaults of Reprise, format version 1, as docs/FORMAT.md says. `read_vault.py` is the program."""
