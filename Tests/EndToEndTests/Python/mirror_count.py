"""Counts how often each numbered item (Support/NumberedItems.swift) stands in the mirror's files.

Usage: mirror_count.py DATA SERVICE_PREFIX

Reads the files that are written and those put aside, packed or not; fails at a line that is not whole. Prints, for each
signal, how many files there are and lines of `number times`.
"""

import gzip
import io
import json
import pathlib
import sys

import zstandard

BASE = 1_700_000_000_000_000_000


def content(path):
    raw = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(raw)
    if path.suffix == ".zst":
        return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(raw), read_across_frames=True).read()
    return raw


def numbers(signal, block):
    if signal == "traces":
        return [int(span["spanId"], 16) for scope in block["scopeSpans"] for span in scope["spans"]]
    if signal == "metrics":
        return [
            int(point["timeUnixNano"]) - BASE
            for scope in block["scopeMetrics"]
            for metric in scope["metrics"]
            for point in metric["gauge"]["dataPoints"]
        ]
    return [
        int(attribute["value"]["stringValue"])
        for scope in block["scopeLogs"]
        for record in scope["logRecords"]
        for attribute in record["attributes"]
        if attribute["key"] == "n"
    ]


def main(data, prefix):
    found = {}
    for signal, blocks in (("traces", "resourceSpans"), ("metrics", "resourceMetrics"), ("logs", "resourceLogs")):
        counts = {}
        files = [
            path
            for path in sorted(pathlib.Path(data, signal).iterdir())
            if path.name.startswith(signal) and not path.name.startswith("traces_detailed") and path.suffix != ".prom"
        ]
        for path in files:
            bytes_ = content(path)
            if not bytes_ or bytes_.endswith(b"\n"):
                pass
            else:
                sys.exit(f"{path} ends within a line: {bytes_[-200:]!r}")
            for place, line in enumerate(bytes_.split(b"\n")[:-1], 1):
                try:
                    document = json.loads(line)
                except ValueError as error:
                    sys.exit(f"{path}:{place}: {error}: {line[:200]!r}")
                for block in document[blocks]:
                    service = [
                        attribute["value"].get("stringValue", "")
                        for attribute in block.get("resource", {}).get("attributes", [])
                        if attribute["key"] == "service.name"
                    ]
                    if service and service[0].startswith(prefix):
                        for number in numbers(signal, block):
                            counts[number] = counts.get(number, 0) + 1
        found[signal] = {
            "files": [path.name for path in files],
            "counts": "\n".join(f"{number} {times}" for number, times in sorted(counts.items())),
        }
    print(json.dumps(found))


main(*sys.argv[1:])
