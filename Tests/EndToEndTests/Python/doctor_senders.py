"""Programs that send to the wrong place or in the wrong way, each as a person would have it.

Usage: doctor_senders.py CASE OTLP_HTTP_ADDRESS OTLP_GRPC_ADDRESS [STATSD_ADDRESS]

Prints how each call ended.
"""

import http.client
import json
import socket
import ssl
import sys
import time

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

TYPE = {"Content-Type": "application/json"}


def traces(service="doctor", parent="", trace="0af7651916cd43dd8448eb211c80319c", span="b7ad6b7169203331"):
    now = time.time_ns()
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]} if service else {}
    item = {
        "traceId": trace,
        "spanId": span,
        "parentSpanId": parent,
        "name": "probe",
        # An entry whose caller sends elsewhere is nothing wrong, an inner span without its parent is.
        "kind": 1 if parent else 2,
        "startTimeUnixNano": str(now - 5_000_000),
        "endTimeUnixNano": str(now),
    }
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [item]}]}]}).encode()


def post(address, path, body, headers):
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.request("POST", path, body, headers)
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()


def call(address):
    with grpc.insecure_channel(address) as channel:
        stub = trace_service_pb2_grpc.TraceServiceStub(channel)
        try:
            stub.Export(trace_service_pb2.ExportTraceServiceRequest(), timeout=5)
            return "OK"
        except grpc.RpcError as error:
            return error.code().name


def handshake(address):
    host, port = address.rsplit(":", 1)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with socket.create_connection((host, int(port)), timeout=10) as plain:
            with context.wrap_socket(plain):
                return "OK"
    except OSError as error:
        return type(error).__name__


def count(address):
    host, port = address.rsplit(":", 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"doctor.jobs:1|c", (host, int(port)))


def main(case, http_address, grpc_address, statsd_address=None):
    if statsd_address:
        count(statsd_address)
    ends = {
        "grpc_to_http": lambda: [call(http_address)],
        "http_to_grpc": lambda: [post(grpc_address, "/v1/traces", traces(), TYPE)],
        "tls": lambda: [handshake(http_address), handshake(grpc_address)],
        "path": lambda: [post(http_address, path, traces(), TYPE) for path in ("/v1/trace", "/api/traces", "/")],
        "encoding": lambda: [post(http_address, "/v1/traces", traces(), {**TYPE, "Content-Encoding": "br"})],
        "no_service": lambda: [post(http_address, "/v1/traces", traces(service=""), TYPE)],
        "orphan": lambda: [post(http_address, "/v1/traces", traces(parent="00f067aa0ba902b7"), TYPE)],
        "sound": lambda: [post(http_address, "/v1/traces", traces(), TYPE)],
    }[case]()
    print(json.dumps(ends))


main(*sys.argv[1:])
