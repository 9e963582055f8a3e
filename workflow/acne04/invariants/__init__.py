"""What must be true of a dataset's tables, wherever they lie: below ``data/``, or in a release.

`acne04.audit` and `acne04.verify` both include `acne04.invariants.registry.CHECKS`, each with its
own `acne04.invariants.dataset.Dataset`. Nothing here calls a stage: what the tables must hold is
told once more, by other code, from what they say of one another.
"""
