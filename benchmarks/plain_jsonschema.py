"""The floor of a validation: `json.loads` and a plain `jsonschema` validator; counts the breaches.

Usage: python benchmarks/plain_jsonschema.py FILE SCHEMA
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator


def plain_validation(data: bytes, schema: dict[str, Any]) -> int:
    """Parse a document and count how often it breaks its schema."""
    return sum(1 for _ in Draft202012Validator(schema).iter_errors(json.loads(data)))


if __name__ == "__main__":
    document, rules = (Path(name).read_bytes() for name in sys.argv[1:3])
    print(plain_validation(document, json.loads(rules)))
