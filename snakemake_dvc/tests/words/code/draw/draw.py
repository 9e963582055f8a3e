import sys
import time

time.sleep(float(sys.argv[3]))
print(sys.argv[1] * int(sys.argv[2]))
