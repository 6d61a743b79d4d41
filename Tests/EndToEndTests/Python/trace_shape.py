"""Reads a trace and says how it hangs together, for traces too big for a test to look at itself.

  trace_shape.py tempo|protobuf|jaeger|jaeger3|zipkin BASE_URL TRACE_ID

`tempo` is v1 in JSON, `protobuf` v1 as protobuf with generated messages. Prints JSON: `bytes` of the answer, `spans`,
`ids` (different ones), `roots` (no parent), `orphans` (their parent is not there), `depth` (spans in the longest chain).
"""
import json
import sys
import urllib.request

from opentelemetry.proto.trace.v1 import trace_pb2


def fetch(url, accept="application/json"):
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=280) as answer:
        return answer.read()


def of_blocks(blocks):
    for block in blocks:
        for scope in block["scopeSpans"]:
            for span in scope["spans"]:
                yield span["spanId"], span.get("parentSpanId", "")


def of_jaeger(trace):
    for span in trace["spans"]:
        parents = [at["spanID"] for at in span["references"] if at["refType"] == "CHILD_OF"]
        yield span["spanID"], parents[0] if parents else ""


def pairs(kind, base, trace_id):
    """The length of the answer, and id and parent of each span."""
    if kind == "protobuf":
        body = fetch(f"{base}/api/traces/{trace_id}", "application/protobuf")
        trace = trace_pb2.TracesData.FromString(body)
        return len(body), [
            (span.span_id, span.parent_span_id)
            for block in trace.resource_spans
            for scope in block.scope_spans
            for span in scope.spans
        ]
    path = {"tempo": "/api/traces/", "jaeger": "/api/traces/", "jaeger3": "/api/v3/traces/", "zipkin": "/api/v2/trace/"}
    body = fetch(base + path[kind] + trace_id)
    answer = json.loads(body)
    if kind == "tempo":
        found = of_blocks(answer["batches"])
    elif kind == "jaeger3":
        found = of_blocks(answer["result"]["resourceSpans"])
    elif kind == "jaeger":
        found = of_jaeger(answer["data"][0])
    else:
        found = ((span["id"], span.get("parentId", "")) for span in answer)
    return len(body), list(found)


def depth(parents):
    """Without recursion: chains are longer than Python's stack."""
    levels = {}
    for span in parents:
        chain = []
        while span in parents and span not in levels:
            levels[span] = 0  # A loop ends here.
            chain.append(span)
            span = parents[span]
        level = levels.get(span, 0)
        for span in reversed(chain):
            level += 1
            levels[span] = level
    return max(levels.values(), default=0)


def main():
    kind, base, trace_id = sys.argv[1:]
    size, found = pairs(kind, base, trace_id)
    parents = dict(found)
    print(
        json.dumps(
            {
                "bytes": size,
                "spans": len(found),
                "ids": len(parents),
                "roots": sum(not parent for _, parent in found),
                "orphans": sum(bool(parent) and parent not in parents for _, parent in found),
                "depth": depth(parents),
            }
        )
    )


main()
