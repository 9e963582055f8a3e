"""Figures over persons, and how sure they are: shared by every verb that judges by persons."""

from __future__ import annotations
