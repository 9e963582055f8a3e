"""Checks as data: what each protects, what it found, and the reports made of that.

``acne04 audit`` and ``acne04 verify`` each have a list of checks; they are run and reported alike.
"""
