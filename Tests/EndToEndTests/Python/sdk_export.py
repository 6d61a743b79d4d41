"""A program instrumented with the real OpenTelemetry SDK: spans, metrics and logs, exported once.

  sdk_export.py grpc|http ENDPOINT RUN

Prints, as JSON, what it has sent, so that a test can compare it with what is read back. ENDPOINT is `127.0.0.1:4317`
for gRPC and `http://127.0.0.1:4318` for HTTP. The HTTP exporters compress with gzip, the gRPC ones do not.
"""
import json
import logging
import math
import sys
import warnings

warnings.simplefilter("ignore")  # The logging handler of the SDK announces its successor with a warning.

from opentelemetry import trace
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import (
    ExplicitBucketHistogramAggregation,
    ExponentialBucketHistogramAggregation,
    View,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

LINKED_TRACE = 0x0AF7651916CD43DD8448EB211C80319C
LINKED_SPAN = 0xB7AD6B7169203331


def exporters(protocol, endpoint):
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        arguments = {"endpoint": endpoint, "insecure": True, "timeout": 20}
        return OTLPSpanExporter(**arguments), OTLPMetricExporter(**arguments), OTLPLogExporter(**arguments)
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    def arguments(signal):
        return {"endpoint": f"{endpoint}/v1/{signal}", "compression": Compression.Gzip, "timeout": 20}

    return (
        OTLPSpanExporter(**arguments("traces")),
        OTLPMetricExporter(**arguments("metrics")),
        OTLPLogExporter(**arguments("logs")),
    )


def main():
    protocol, endpoint, run = sys.argv[1:]
    service = f"sdk-{run}"
    resource = Resource.create(
        {"service.name": service, "service.version": "1.2.3", "deployment.environment.name": "test", "host.cpus": 8}
    )
    span_exporter, metric_exporter, log_exporter = exporters(protocol, endpoint)

    tracer_provider = TracerProvider(resource=resource)
    tracer_provider.add_span_processor(BatchSpanProcessor(span_exporter))
    tracer = tracer_provider.get_tracer("e2e.tracer", "0.9")

    meter_provider = MeterProvider(
        resource=resource,
        # An infinite interval: the only export is the one of force_flush, so that each series has one point.
        metric_readers=[PeriodicExportingMetricReader(metric_exporter, export_interval_millis=math.inf)],
        views=[
            View(instrument_name="latency", aggregation=ExplicitBucketHistogramAggregation([10.0, 100.0])),
            View(instrument_name="sizes", aggregation=ExponentialBucketHistogramAggregation(max_size=16)),
        ],
        shutdown_on_exit=False,
    )
    meter = meter_provider.get_meter("e2e.meter", "0.8")
    done = meter.create_counter("jobs.done", unit="{job}", description="finished jobs")
    active = meter.create_up_down_counter("jobs.active", unit="{job}", description="running jobs")
    temperature = meter.create_gauge("temperature", unit="Cel", description="of the room")
    latency = meter.create_histogram("latency", unit="ms", description="of a job")
    sizes = meter.create_histogram("sizes", unit="By", description="of a job")

    logger_provider = LoggerProvider(resource=resource)
    logger_provider.add_log_record_processor(BatchLogRecordProcessor(log_exporter))
    logger = logging.getLogger("shop")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.addHandler(LoggingHandler(level=logging.DEBUG, logger_provider=logger_provider))

    link = Link(
        SpanContext(LINKED_TRACE, LINKED_SPAN, is_remote=True, trace_flags=TraceFlags(1)), {"link.reason": "retry"}
    )
    with tracer.start_as_current_span(
        "checkout",
        kind=SpanKind.SERVER,
        links=[link],
        attributes={
            "http.response.status_code": 503,
            "big": 9007199254740993,
            "negative": -7,
            "ratio": 0.1,
            "tiny": 1.5e-300,
            "cached": True,
            "user": "Zoë ✓ \"quoted\"\n",
            "tags": ["a", "b"],
            "counts": [1, 2, 3],
        },
    ) as root:
        with tracer.start_as_current_span("query", kind=SpanKind.CLIENT) as query:
            query.add_event("rows", {"count": 42, "partial": False})
            latency.record(5.0, {"queue": "a"})
            latency.record(50.0, {"queue": "a"})
            latency.record(500.0, {"queue": "a"})
            logger.warning("payment of %d failed", 7, extra={"order.id": 42, "retry": False, "share": 0.25})
            try:
                raise ValueError("no such order")
            except ValueError as error:
                query.record_exception(error)
                query.set_status(Status(StatusCode.ERROR, "no such order"))
                logger.exception("order lost")
            with tracer.start_as_current_span("serialize") as leaf:
                pass
        root.set_status(Status(StatusCode.OK))
    logger.info("outside of any span")
    done.add(2, {"queue": "a"})
    done.add(3, {"queue": "a"})
    active.add(3)
    active.add(-1)
    temperature.set(21.5, {"room": "north"})
    for size in (1, 2, 4, 0):
        sizes.record(size)

    flushed = [
        tracer_provider.force_flush(),
        meter_provider.force_flush(),
        logger_provider.force_flush(),
    ]
    tracer_provider.shutdown()
    logger_provider.shutdown()
    print(
        json.dumps(
            {
                "service": service,
                "trace_id": f"{root.get_span_context().trace_id:032x}",
                "flushed": all(flushed),
                "spans": [
                    {
                        "name": span.name,
                        "span_id": f"{span.get_span_context().span_id:016x}",
                        "start": span.start_time,
                        "end": span.end_time,
                    }
                    for span in (root, query, leaf)
                ],
            }
        )
    )


main()
