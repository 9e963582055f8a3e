"""What an upstream delivers: find or download it, check it, pin it.

`acne04 pin` and `acne04 fetch` both stand on this package: `obtain` gives the files of a delivery
as they lie on this machine, whether a person put them there or a transport brought them, after the
same checks.
"""
