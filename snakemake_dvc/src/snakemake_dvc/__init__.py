"""Keep Snakemake and DVC in agreement: one run leaves both with nothing to do.

Snakemake decides by records below ``.snakemake``, which do not travel with git or DVC. So after a
run a digest of them is written to ``snakemake.lock``, in git beside ``dvc.lock``; before a run
they are restored from it for every output whose bytes are the recorded ones. The contract and the
alternatives are in ``docs/decisions/0002-records-travel.md``.
"""
