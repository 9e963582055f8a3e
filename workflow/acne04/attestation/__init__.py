"""What a release attests of itself, signed with a key that lies outside of it.

An in-toto Statement v1 with SLSA provenance v1, in a DSSE envelope. ``acne04 release`` makes it,
``acne04 verify`` and ``acne04 audit`` check it, each with the same few functions.
"""
