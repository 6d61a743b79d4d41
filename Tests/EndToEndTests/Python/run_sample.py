"""A small shop with the OpenTelemetry SDK, which learns from its environment alone where its telemetry goes.

Usage: run_sample.py MODE

MODE is `ok`, `fail` (exit code 3 after sending), `hang` (sends, then sleeps for ten minutes), `unflushed` (ends without a
flush, as a killed program does), `statsd` (counts by StatsD only) or `grandchild` (leaves a sleeping process behind).

Prints the trace id of the first order.
"""

import logging
import os
import socket
import subprocess
import sys
import time

from opentelemetry import metrics, trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

ORDERS = 5


def statsd():
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    address = (os.environ["STATSD_HOST"], int(os.environ["STATSD_PORT"]))
    for _ in range(ORDERS):
        sender.sendto(b"shop.orders:1|c|#kind:book", address)


def shop():
    tracer = trace.get_tracer("shop", "1.0")
    meter = metrics.get_meter("shop", "1.0")
    orders = meter.create_counter("shop.orders", unit="{order}", description="Orders taken.")
    log = logging.getLogger("shop")
    first = None
    for number in range(ORDERS):
        with tracer.start_as_current_span("POST /orders", kind=SpanKind.SERVER) as request:
            request.set_attribute("http.request.method", "POST")
            request.set_attribute("http.response.status_code", 500 if number == 4 else 201)
            first = first or format(request.get_span_context().trace_id, "032x")
            with tracer.start_as_current_span("database.insert", kind=SpanKind.CLIENT) as insert:
                insert.set_attribute("db.system.name", "postgresql")
                insert.set_attribute("db.collection.name", "orders")
                insert.set_attribute("db.operation.name", "INSERT")
            if number == 4:
                request.set_status(Status(StatusCode.ERROR, "out of stock"))
                log.error("order %d failed", number)
            else:
                log.info("order %d taken", number)
            orders.add(1, {"kind": "book"})
    print(first, flush=True)


def main():
    mode = sys.argv[1]
    if mode == "statsd":
        return statsd()
    traces = TracerProvider()
    # Unflushed: nothing is due before the program ends.
    delays = {"schedule_delay_millis": 60_000} if mode == "unflushed" else {}
    traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), **delays))
    trace.set_tracer_provider(traces)
    interval = {"export_interval_millis": 60_000} if mode == "unflushed" else {}
    meters = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter(), **interval)])
    metrics.set_meter_provider(meters)
    logs = LoggerProvider()
    logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(), **delays))
    set_logger_provider(logs)
    logging.getLogger("shop").addHandler(LoggingHandler(logger_provider=logs))
    logging.getLogger("shop").setLevel(logging.INFO)
    shop()
    if mode == "unflushed":
        os._exit(0)
    for provider in (traces, meters, logs):
        provider.shutdown()
    if mode == "hang":
        time.sleep(600)
    if mode == "grandchild":
        child = subprocess.Popen(["sleep", "600"])
        print(child.pid, flush=True)
    if mode == "fail":
        sys.exit(3)


if __name__ == "__main__":
    main()
