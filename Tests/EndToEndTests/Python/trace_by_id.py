"""Reads a trace from the Tempo API as protobuf, with the generated messages of opentelemetry-proto.

  trace_by_id.py v1|v2 TEMPO_URL TRACE_ID

Prints JSON: `status`, `content_type`, `trace` as protobuf's own JSON (ids base64), and `bare`: how many resources,
scopes and statuses are not on the wire at all, on which Grafana's plugin fails.
"""
import json
import sys
import urllib.request

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.trace.v1 import trace_pb2


def trace_field(body):
    """Field 1 of TraceByIDResponse, read by hand: there is no published Python message for it."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = body[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(body):
        tag = varint()
        if tag & 7 == 0:
            varint()
            continue
        assert tag & 7 == 2, f"wire type {tag & 7} in TraceByIDResponse"
        size = varint()
        if tag >> 3 == 1:
            return body[at : at + size]
        at += size
    raise SystemExit("TraceByIDResponse has no field 1")


def main():
    version, base, trace_id = sys.argv[1:]
    path = "/api/traces/" if version == "v1" else "/api/v2/traces/"
    request = urllib.request.Request(base + path + trace_id, headers={"Accept": "application/protobuf"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        body, status, content_type = answer.read(), answer.status, answer.headers["Content-Type"]
    # tempopb.Trace and TracesData are the same message: ResourceSpans at field 1.
    trace = trace_pb2.TracesData.FromString(body if version == "v1" else trace_field(body))
    bare = 0
    for block in trace.resource_spans:
        bare += not block.HasField("resource")
        for scope in block.scope_spans:
            bare += not scope.HasField("scope")
            bare += sum(not span.HasField("status") for span in scope.spans)
    print(
        json.dumps({"status": status, "content_type": content_type, "bare": bare, "trace": MessageToDict(trace)})
    )


main()
