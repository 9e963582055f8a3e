"""The ledger of a run, and signed statements about it (in-toto attestations in DSSE envelopes)."""
