import sys

with open(sys.argv[1]) as stream:
    print(len(stream.read().strip()))
