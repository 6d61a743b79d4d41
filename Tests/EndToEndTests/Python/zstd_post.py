"""OTLP packed with zstd, well and badly; prints as JSON a list of {name, status, message}.

  zstd_post.py http-protobuf|http-json|grpc OTLP_HTTP_URL|OTLP_GRPC_ADDRESS SERVICE BODY_LIMIT_BYTES

Over HTTP the status is that of the answer; over gRPC, which grpcio does not pack with zstd and which is therefore
written frame by frame, it is the value of `grpc-status`. The message is that of the google.rpc.Status or `grpc-message`.
Each case that is right is a span with the name of the case.
"""
import json
import os
import socket
import struct
import sys
import urllib.error
import urllib.parse
import urllib.request

import h2.config
import h2.connection
import h2.events
import zstandard
from google.rpc import status_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service
from opentelemetry.proto.common.v1 import common_pb2 as common

EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


def protobuf(owner, name):
    message = service.ExportTraceServiceRequest()
    block = message.resource_spans.add()
    block.resource.attributes.append(common.KeyValue(key="service.name", value=common.AnyValue(string_value=owner)))
    block.scope_spans.add().spans.add(trace_id=os.urandom(16), span_id=os.urandom(8), name=name)
    return message.SerializeToString()


def as_json(owner, name):
    attributes = [{"key": "service.name", "value": {"stringValue": owner}}]
    span = {"traceId": os.urandom(16).hex(), "spanId": os.urandom(8).hex(), "name": name}
    block = {"resource": {"attributes": attributes}, "scopeSpans": [{"spans": [span]}]}
    return json.dumps({"resourceSpans": [block]}).encode()


def pack(body):
    return zstandard.ZstdCompressor().compress(body)


def pack_streamed(body):
    """Without the content's size in the frame's header, and with a checksum."""
    packer = zstandard.ZstdCompressor(write_checksum=True).compressobj()
    return packer.compress(body) + packer.flush()


def frames(body):
    """Several frames, with a skippable one between them."""
    third = len(body) // 3
    skippable = struct.pack("<II", 0x184D2A50, 4) + b"skip"
    return pack(body[:third]) + skippable + pack_streamed(body[third : 2 * third]) + pack(body[2 * third :])


def wrong_checksum(body):
    packed = bytearray(pack_streamed(body))
    packed[-1] ^= 0x55
    return bytes(packed)


def wide_window(body):
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return packer.compress(body) + packer.flush()


def cases(make, owner, limit):
    def body(name):
        return make(owner, name)

    zeros = bytes(limit * 16)
    return [
        ("fine", pack(body("fine"))),
        ("streamed", pack_streamed(body("streamed"))),
        ("frames", frames(body("frames"))),
        ("truncated", pack(body("truncated"))[:-5]),
        ("truncated frame", frames(body("truncated frame"))[:-5]),
        ("wrong checksum", wrong_checksum(body("wrong checksum"))),
        ("wide window", wide_window(body("wide window") + zeros[: limit // 2])),
        ("not zstd", body("not zstd")),
        ("empty", b""),
        ("bomb", pack(zeros)),
        ("bomb without a size", pack_streamed(zeros)),
        ("bomb in frames", pack(zeros[: limit // 2]) * 3),
        ("fine again", pack(body("fine again"))),
    ]


def post(base, kind, packed):
    headers = {"Content-Type": kind, "Content-Encoding": "zstd"}
    request = urllib.request.Request(f"{base}/v1/traces", data=packed, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        body = error.read()
        if kind == "application/json":
            return error.code, json.loads(body).get("message", "")
        return error.code, status_pb2.Status.FromString(body).message


def call(address, packed):
    """One gRPC call on a connection of its own."""
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        state.initiate_connection()
        stream = state.get_next_available_stream_id()
        state.send_headers(
            stream,
            [
                (":method", "POST"),
                (":scheme", "http"),
                (":path", EXPORT),
                (":authority", address),
                ("te", "trailers"),
                ("content-type", "application/grpc+proto"),
                ("grpc-encoding", "zstd"),
                ("user-agent", "zstd-post"),
            ],
        )
        message = b"\x01" + struct.pack(">I", len(packed)) + packed
        size = 16_000
        for start in range(0, len(message), size):
            state.send_data(stream, message[start : start + size], end_stream=start + size >= len(message))
        connection.sendall(state.data_to_send())
        headers = {}
        while True:
            received = connection.recv(65536)
            if not received:
                raise RuntimeError(f"the connection ended early: {headers}")
            for event in state.receive_data(received):
                if isinstance(event, (h2.events.ResponseReceived, h2.events.TrailersReceived)):
                    headers.update(event.headers)
                elif isinstance(event, h2.events.StreamReset):
                    raise RuntimeError("the stream was reset")
                elif isinstance(event, h2.events.StreamEnded):
                    return int(headers["grpc-status"]), urllib.parse.unquote(headers.get("grpc-message", ""))
            connection.sendall(state.data_to_send())


def main():
    protocol, target, owner, limit = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    results = []
    if protocol == "grpc":
        for name, packed in cases(protobuf, owner, limit):
            status, message = call(target, packed)
            results.append({"name": name, "status": status, "message": message})
    else:
        kind, make = {
            "http-protobuf": ("application/x-protobuf", protobuf),
            "http-json": ("application/json", as_json),
        }[protocol]
        for name, packed in cases(make, owner, limit):
            status, message = post(target, kind, packed)
            results.append({"name": name, "status": status, "message": message})
    print(json.dumps(results))


main()
