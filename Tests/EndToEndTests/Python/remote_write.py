"""Writes from afar, well and badly; prints as JSON a list of {name, status, message, counts}.

  remote_write.py PROMETHEUS_URL NAME

Both messages are encoded by hand, and so is snappy's block format (as literals only, which it allows). The series that
are right are called NAME, with a label `case` that tells which.
"""
import json
import struct
import sys
import time
import urllib.error
import urllib.request


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def integer(number, value):
    return varint(number << 3) + varint(value)


def double(number, value):
    return varint(number << 3 | 1) + struct.pack("<d", value)


def nested(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def snappy(body):
    out = bytearray(varint(len(body)))
    for start in range(0, len(body), 60):
        piece = body[start : start + 60]
        out.append((len(piece) - 1) << 2)
        out += piece
    return bytes(out)


def labels1(pairs):
    return b"".join(nested(1, nested(1, key.encode()) + nested(2, value.encode())) for key, value in pairs)


def request1(pairs, samples, metadata=b"", rest=b""):
    points = b"".join(nested(2, double(1, value) + integer(2, when)) for when, value in samples)
    return nested(1, labels1(pairs) + points + rest) + metadata


def request2(pairs, samples, kind=1, help_text="", histogram=b""):
    symbols = [""]

    def number(text):
        if text not in symbols:
            symbols.append(text)
        return symbols.index(text)

    references = b"".join(varint(number(key)) + varint(number(value)) for key, value in pairs)
    meta = nested(5, integer(1, kind) + integer(3, number(help_text)))
    points = b"".join(nested(2, double(1, value) + integer(2, when)) for when, value in samples)
    series = nested(5, nested(1, references) + points + histogram + meta)
    return b"".join(nested(4, symbol.encode()) for symbol in symbols) + series


def native(when):
    zigzag = lambda value: (value << 1) ^ (value >> 63)
    span = nested(11, integer(1, zigzag(0)) + integer(2, 3))
    deltas = nested(12, varint(zigzag(1)) + varint(zigzag(1)) + varint(zigzag(-1)))
    content = integer(1, 5) + double(3, 12.5) + integer(4, zigzag(0)) + double(5, 1e-3) + integer(6, 1)
    return nested(3, content + span + deltas + integer(15, when))


V1 = {"Content-Type": "application/x-protobuf", "X-Prometheus-Remote-Write-Version": "0.1.0"}
V2 = {
    "Content-Type": "application/x-protobuf;proto=io.prometheus.write.v2.Request",
    "X-Prometheus-Remote-Write-Version": "2.0.0",
}


def main():
    base, name = sys.argv[1:]
    now = int(time.time() * 1000)

    def pairs(case):
        return [("__name__", name), ("case", case)]

    metadata = nested(3, integer(1, 2) + nested(2, name.encode()) + nested(4, b"told apart") + nested(5, b"bytes"))
    good = request1(pairs("v1"), [(now - 1000, 1), (now, 2)], metadata)
    cases = [
        ("v1", V1, snappy(good)),
        ("v1 again", V1, snappy(good)),
        ("v1 conflict", V1, snappy(request1(pairs("v1"), [(now, 3)]))),
        ("v1 future", V1, snappy(request1(pairs("future"), [(now + 3_600_000, 1)]))),
        ("v1 no name", V1, snappy(request1([("case", "no name")], [(now, 1)]))),
        ("v1 label twice", V1, snappy(request1(pairs("twice") + [("case", "b")], [(now, 1)]))),
        ("v1 unsorted", V1, snappy(request1(list(reversed(pairs("unsorted"))), [(now, 7)]))),
        ("v1 stale", V1, snappy(request1(pairs("stale"), [(now - 1000, 1)]))),
        (
            "v1 stale marker",
            V1,
            snappy(
                nested(
                    1,
                    labels1(pairs("stale"))
                    + nested(2, varint(1 << 3 | 1) + struct.pack("<Q", 0x7FF0000000000002) + integer(2, now)),
                )
            ),
        ),
        ("v2", V2, snappy(request2(pairs("v2"), [(now, 4)], help_text="in the series"))),
        ("v2 native", V2, snappy(request2(pairs("native"), [], kind=3, histogram=native(now)))),
        ("v2 bad reference", V2, snappy(nested(4, b"") + nested(5, nested(1, varint(1) + varint(9))))),
        ("v2 first symbol", V2, snappy(nested(4, b"x") + nested(5, nested(1, varint(0) + varint(0))))),
        ("not snappy", V1, good),
        ("garbage", V1, snappy(b"\xff\xff\xff\xff")),
        ("json", {"Content-Type": "application/json"}, snappy(good)),
        ("gzip", V1 | {"Content-Encoding": "gzip"}, snappy(good)),
        ("other message", {"Content-Type": "application/x-protobuf;proto=other"}, snappy(good)),
        ("empty", V1, snappy(b"")),
    ]
    results = []
    for case, headers, body in cases:
        headers = {"Content-Encoding": "snappy"} | headers
        request = urllib.request.Request(f"{base}/api/v1/write", body, headers)
        try:
            answer = urllib.request.urlopen(request, timeout=60)
            status, message = answer.status, ""
        except urllib.error.HTTPError as error:
            answer, status, message = error, error.code, error.read().decode()
        written = {
            key.rsplit("-", 2)[1].lower(): int(value)
            for key, value in answer.headers.items()
            if key.lower().startswith("x-prometheus-remote-write-")
        }
        results.append({"name": case, "status": status, "message": message, "written": written})
    print(json.dumps(results))


main()
