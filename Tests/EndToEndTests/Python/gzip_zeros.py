"""Writes COUNT zero bytes, as gzip, to a file: a thousandth of their size.

  gzip_zeros.py COUNT FILE
"""
import gzip
import sys

count = int(sys.argv[1])
with gzip.open(sys.argv[2], "wb", compresslevel=9) as out:
    piece = bytes(1 << 20)
    while count > 0:
        count -= out.write(piece[:count])
