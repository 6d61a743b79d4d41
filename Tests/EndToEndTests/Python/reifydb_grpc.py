"""ReifyDB's traffic (contracts/seeds.md, section 4.2): one query's deep span tree in batches of 512 over h2c.

  reifydb_grpc.py OTLP_GRPC_ADDRESS RUN [SPANS]

Raw grpcio with generated messages, no compression, no retry. Spans arrive as a tracer ends them: children before
their parents, so that a parent is often in a later request than its children. Prints ids and parents as JSON.
"""
import json
import os
import sys
import time

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service
from opentelemetry.proto.common.v1 import common_pb2 as common
from opentelemetry.proto.trace.v1 import trace_pb2 as trace

BATCH = 512
CHAIN = 60  # Levels of one operator below the other before the next branch of the plan starts.


def text(key, value):
    return common.KeyValue(key=key, value=common.AnyValue(string_value=value))


def number(key, value):
    return common.KeyValue(key=key, value=common.AnyValue(int_value=value))


def tree(trace_id, count):
    root = os.urandom(8)
    begin = time.time_ns()
    spans, parents = [], {}
    parent = root
    for index in range(count):
        identity = root if index == 0 else os.urandom(8)
        if index > 0 and (index - 1) % CHAIN == 0:
            parent = root
        span = trace.Span(
            trace_id=trace_id,
            span_id=identity,
            parent_span_id=b"" if index == 0 else parent,
            name="engine::query_as" if index == 0 else f"volcano::scan::table::next_{index % 7}",
            kind=trace.Span.SPAN_KIND_INTERNAL,
            start_time_unix_nano=begin + index * 1_000,
            end_time_unix_nano=begin + count * 2_000 - index * 100,
            attributes=[
                text("code.file.path", "crates/engine/src/vm.rs"),
                text("code.module.name", "reifydb_engine::vm"),
                number("code.line.number", 100 + index),
                text("target", "reifydb_engine::vm"),
                number("thread.id", 7),
                text("thread.name", "compute-1"),
                number("busy_ns", 900 + index),
                number("idle_ns", 100),
            ],
        )
        if index % 100 == 50:
            span.events.add(time_unix_nano=begin + index * 1_000 + 1, name="conflict").attributes.append(
                text("level", "ERROR")
            )
            span.status.code = trace.Status.STATUS_CODE_ERROR
            span.status.message = "conflict"
        spans.append(span)
        parents[identity.hex()] = "" if index == 0 else parent.hex()
        parent = identity
    spans.reverse()
    return spans, parents


def main():
    address, run = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 5_000
    trace_id = os.urandom(16)
    spans, parents = tree(trace_id, count)
    channel = grpc.insecure_channel(
        address, options=[("grpc.enable_http_proxy", 0), ("grpc.max_send_message_length", -1)]
    )
    export = channel.unary_unary(
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        request_serializer=service.ExportTraceServiceRequest.SerializeToString,
        response_deserializer=service.ExportTraceServiceResponse.FromString,
    )
    rejected = requests = 0
    for start in range(0, count, BATCH):
        request = service.ExportTraceServiceRequest()
        block = request.resource_spans.add()
        block.resource.attributes.extend(
            [
                text("service.name", f"reifydb-{run}"),
                text("service.version", "0.9.0"),
                text("telemetry.sdk.name", "opentelemetry"),
                text("telemetry.sdk.language", "rust"),
            ]
        )
        scope = block.scope_spans.add()
        scope.scope.name = "reifydb"
        scope.spans.extend(spans[start : start + BATCH])
        rejected += export(request, timeout=60).partial_success.rejected_spans
        requests += 1
    print(
        json.dumps(
            {
                "service": f"reifydb-{run}",
                "trace_id": trace_id.hex(),
                "parents": parents,
                "requests": requests,
                "rejected": rejected,
            }
        )
    )


main()
