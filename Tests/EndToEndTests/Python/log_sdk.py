"""A program whose standard logging goes out through the OpenTelemetry SDK's logging handler.

  log_sdk.py grpc|http ENDPOINT RUN

Lines of every level, some inside a span, one with an exception, one with attributes of each type. Prints, as JSON, what
it has sent. ENDPOINT is `127.0.0.1:4317` for gRPC and `http://127.0.0.1:4318` for HTTP.
"""
import json
import logging
import sys
import warnings

warnings.simplefilter("ignore")  # The logging handler of the SDK announces its successor with a warning.

from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def exporters(protocol, endpoint):
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        arguments = {"endpoint": endpoint, "insecure": True, "timeout": 20}
        return OTLPSpanExporter(**arguments), OTLPLogExporter(**arguments)
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return (
        OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=20),
        OTLPLogExporter(endpoint=f"{endpoint}/v1/logs", timeout=20),
    )


def main():
    protocol, endpoint, run = sys.argv[1:]
    service = f"logsdk-{run}"
    resource = Resource.create(
        {"service.name": service, "service.namespace": "e2e", "service.version": "1.2.3", "host.cpus": 8}
    )
    span_exporter, log_exporter = exporters(protocol, endpoint)
    tracers = TracerProvider(resource=resource)
    tracers.add_span_processor(BatchSpanProcessor(span_exporter))
    tracer = tracers.get_tracer("e2e.tracer")
    loggers = LoggerProvider(resource=resource)
    loggers.add_log_record_processor(BatchLogRecordProcessor(log_exporter))
    logger = logging.getLogger("checkout.cart")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.addHandler(LoggingHandler(level=logging.DEBUG, logger_provider=loggers))

    logger.debug("before the span")
    with tracer.start_as_current_span("checkout") as root:
        logger.info("cart has %d items", 3, extra={"order.id": 42, "share": 0.25, "gift": True, "user": "Zoë ✓"})
        with tracer.start_as_current_span("pay") as child:
            logger.warning("card is slow")
            try:
                raise ValueError("no such card")
            except ValueError:
                logger.exception("payment failed")
    logger.critical("after the span")

    flushed = [tracers.force_flush(), loggers.force_flush()]
    tracers.shutdown()
    loggers.shutdown()
    context = root.get_span_context()
    print(
        json.dumps(
            {
                "service": service,
                "trace_id": f"{context.trace_id:032x}",
                "root_span_id": f"{context.span_id:016x}",
                "child_span_id": f"{child.get_span_context().span_id:016x}",
                "flushed": all(flushed),
            }
        )
    )


main()
