"""Bad input over gRPC; prints as JSON a list of {name, code, message, rejected}.

  bad_grpc.py OTLP_GRPC_ADDRESS BODY_LIMIT_BYTES
"""
import json
import sys

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service
from opentelemetry.proto.common.v1 import common_pb2 as common

EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


def request(name="fine", trace_id=b"\x01" * 16, span_id=b"\x02" * 8):
    message = service.ExportTraceServiceRequest()
    block = message.resource_spans.add()
    block.resource.attributes.append(
        common.KeyValue(key="service.name", value=common.AnyValue(string_value="bad-grpc"))
    )
    block.scope_spans.add().spans.add(trace_id=trace_id, span_id=span_id, name=name)
    return message


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, body):
    return varint(number << 3 | 2) + varint(len(body)) + body


def nested(levels):
    value = field(1, b"x")  # AnyValue.string_value
    for _ in range(levels):
        value = field(5, field(1, value))  # AnyValue.array_value { values }
    attribute = field(1, b"deep") + field(2, value)
    span = field(1, b"\x01" * 16) + field(2, b"\x02" * 8) + field(5, b"deep") + field(9, attribute)
    return field(1, field(2, field(2, span)))


def main():
    address, limit = sys.argv[1], int(sys.argv[2])
    channel = grpc.insecure_channel(
        address, options=[("grpc.enable_http_proxy", 0), ("grpc.max_send_message_length", -1)]
    )
    call = channel.unary_unary(EXPORT)
    fine = request().SerializeToString()
    mixed = request()
    spans = mixed.resource_spans[0].scope_spans[0].spans
    spans.add(trace_id=b"\x01" * 5, span_id=b"\x03" * 8, name="short trace id")
    spans.add(trace_id=b"\x01" * 16, span_id=b"\x03" * 9, name="long span id")
    spans.add(trace_id=b"\x00" * 16, span_id=b"\x03" * 8, name="zero trace id")
    oversize = field(1000, b"\0" * (limit + 1024))
    cases = [
        ("truncated", fine[:-3], None),
        ("garbage", b"\xff\xff\xff\xff", None),
        ("nested", nested(10_000), None),
        ("oversize", oversize, None),
        ("bomb", field(1000, b"\0" * (limit * 16)), grpc.Compression.Gzip),
        ("wrong ids", mixed.SerializeToString(), None),
        ("fine", fine, None),
        ("fine gzip", fine, grpc.Compression.Gzip),
    ]
    results = []
    for name, body, compression in cases:
        result = {"name": name, "code": "OK", "message": "", "rejected": 0}
        try:
            answer = service.ExportTraceServiceResponse.FromString(call(body, timeout=60, compression=compression))
            result["rejected"] = answer.partial_success.rejected_spans
            result["message"] = answer.partial_success.error_message
        except grpc.RpcError as error:
            result["code"], result["message"] = error.code().name, error.details() or ""
        results.append(result)
    print(json.dumps(results))


main()
