"""How long a span needs from the SDK's export to being queryable.

  visibility.py OTLP_GRPC_ADDRESS CLICKHOUSE_URL RUN COUNT

Exports COUNT spans one by one over gRPC and asks the ClickHouse endpoint after each until the row is there. Prints as
JSON how many were there at the first question after the acknowledgement, and the times in milliseconds.
"""
import json
import sys
import time
import urllib.request

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

DEADLINE_SECONDS = 30


def rows(url, span_id):
    query = f"SELECT count() FROM telemetry.spans WHERE span_id = unhex('{span_id:016x}')"
    with urllib.request.urlopen(
        urllib.request.Request(f"{url}/?default_format=TabSeparated", data=query.encode()), timeout=30
    ) as answer:
        return int(answer.read())


def main():
    address, url, run, count = sys.argv[1:]
    provider = TracerProvider(resource=Resource.create({"service.name": f"visibility-{run}"}))
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(endpoint=address, insecure=True, timeout=20)))
    tracer = provider.get_tracer("visibility")
    milliseconds, at_once, found = [], 0, 0
    for index in range(int(count)):
        span = tracer.start_span(f"probe {index}")
        begin = time.perf_counter()
        span.end()  # Returns when the server has answered.
        polls = 0
        while time.perf_counter() - begin < DEADLINE_SECONDS:
            polls += 1
            if rows(url, span.get_span_context().span_id) == 1:
                milliseconds.append((time.perf_counter() - begin) * 1000)
                found += 1
                at_once += polls == 1
                break
    provider.shutdown()
    milliseconds.sort()

    def quantile(share):
        return milliseconds[min(len(milliseconds) - 1, int(share * len(milliseconds)))] if milliseconds else None

    print(
        json.dumps(
            {
                "sent": int(count),
                "found": found,
                "at_once": at_once,
                "p50": quantile(0.5),
                "p99": quantile(0.99),
                "max": quantile(1),
            }
        )
    )


main()
