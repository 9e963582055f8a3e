"""A peer of the scan: a perceptual hash of each image by ImageHash, as its documentation shows it.

Runs in an environment of its own, without this project. Prints the CPU seconds of the loop;
imports are paid before.

Usage: python benchmarks/imagehash_loop.py < FILE_NAMES
"""

from __future__ import annotations

import sys
import time

import imagehash
from PIL import Image

if __name__ == "__main__":
    names = sys.stdin.buffer.read().decode().splitlines()
    start = time.process_time()
    for name in names:
        imagehash.phash(Image.open(name))
    print(time.process_time() - start)
