"""One trace of three services with the real OpenTelemetry SDK, exported once.

  shop_trace.py grpc|http ENDPOINT RUN

`shop-RUN` is asked (SERVER) and asks `stock-RUN` (CLIENT, SERVER), which fails with an exception and leaves work
(PRODUCER) to `mail-RUN` (CONSUMER, linked to the span that asked). ENDPOINT is `127.0.0.1:4317` for gRPC and
`http://127.0.0.1:4318` for HTTP. Prints what it has sent as JSON, times in nanoseconds.
"""
import json
import sys

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Link, SpanKind, Status, StatusCode


class Collected(SpanExporter):
    """Keeps the spans, so that all services export in one request."""

    def __init__(self):
        self.spans = []

    def export(self, spans):
        self.spans += spans
        return SpanExportResult.SUCCESS


def exporter(protocol, endpoint):
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter(endpoint=endpoint, insecure=True, timeout=20)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=20)


def main():
    protocol, endpoint, run = sys.argv[1:]
    collected = Collected()

    def tracer(name):
        resource = Resource.create({"service.name": f"{name}-{run}", "service.namespace": "e2e", "host.cpus": 8})
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(collected))
        return provider.get_tracer(f"{name}.tracer", "1.5")

    shop, stock, mail = tracer("shop"), tracer("stock"), tracer("mail")
    attributes = {
        "text": 'Zoë ✓ "quoted"\n',
        "run": run,
        "big": 9007199254740993,
        "negative": -7,
        "ratio": 0.1,
        "cached": True,
        "missed": False,
        "words": ["a", "b"],
        "counts": [1, 2, 3],
    }
    with shop.start_as_current_span("GET /buy", kind=SpanKind.SERVER, attributes=attributes) as root:
        with shop.start_as_current_span("POST", kind=SpanKind.CLIENT) as client:
            client.add_event("retry", {"attempt": 2, "wait": 0.5, "last": False, "why": "busy"})
            with stock.start_as_current_span("POST /take", kind=SpanKind.SERVER) as server:
                try:
                    raise ValueError("nothing left")
                except ValueError as error:
                    server.record_exception(error)
                    server.set_status(Status(StatusCode.ERROR, "nothing left"))
                with stock.start_as_current_span("publish", kind=SpanKind.PRODUCER):
                    link = Link(root.get_span_context(), {"link.reason": "batch", "link.rank": 3})
                    with mail.start_as_current_span("consume", kind=SpanKind.CONSUMER, links=[link]):
                        with mail.start_as_current_span("render"):
                            pass
        root.set_status(Status(StatusCode.OK))
    result = exporter(protocol, endpoint).export(collected.spans)
    print(
        json.dumps(
            {
                "accepted": result is SpanExportResult.SUCCESS,
                "trace_id": f"{root.get_span_context().trace_id:032x}",
                "spans": [
                    {
                        "service": span.resource.attributes["service.name"],
                        "name": span.name,
                        "span_id": f"{span.context.span_id:016x}",
                        "parent_span_id": f"{span.parent.span_id:016x}" if span.parent else "",
                        "kind": span.kind.value + 1,
                        "start": span.start_time,
                        "end": span.end_time,
                        "status": span.status.status_code.value,
                    }
                    for span in collected.spans
                ],
            }
        )
    )


main()
