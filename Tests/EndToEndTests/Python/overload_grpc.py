"""A heavy sender over gRPC beside a light one.

  overload_grpc.py OTLP_GRPC_ADDRESS HEAVY_CONNECTIONS HEAVY_BYTES LIGHT_CALLS

The heavy one sends log records of HEAVY_BYTES over that many connections until the light one has made its calls.
Prints as JSON how often each got which code, and of each refusal the seconds of its google.rpc.RetryInfo.
"""
import collections
import concurrent.futures
import json
import os
import sys
import threading

import grpc
from google.rpc import error_details_pb2, status_pb2
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as service
from opentelemetry.proto.common.v1 import common_pb2 as common

EXPORT = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"


def body(name, text):
    message = service.ExportLogsServiceRequest()
    block = message.resource_logs.add()
    block.resource.attributes.append(common.KeyValue(key="service.name", value=common.AnyValue(string_value=name)))
    block.scope_logs.add().log_records.add(body=common.AnyValue(string_value=text))
    return message.SerializeToString()


def caller(address):
    channel = grpc.insecure_channel(
        address,
        options=[
            ("grpc.enable_http_proxy", 0),
            ("grpc.max_send_message_length", -1),
            # Else all channels of this process share one connection.
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.enable_retries", 0),
        ],
    )
    return channel.unary_unary(EXPORT)


def main():
    address, connections, size, calls = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    is_over = threading.Event()
    heavy_body = body("heavy", os.urandom(size // 2).hex())

    def heavy():
        call = caller(address)
        codes, seconds, messages = collections.Counter(), [], set()
        while True:
            try:
                call(heavy_body, timeout=60)
                codes["OK"] += 1
            except grpc.RpcError as error:
                codes[error.code().name] += 1
                messages.add(error.details())
                for key, value in error.trailing_metadata() or ():
                    if key != "grpc-status-details-bin":
                        continue
                    for detail in status_pb2.Status.FromString(value).details:
                        info = error_details_pb2.RetryInfo()
                        if detail.Unpack(info):
                            seconds.append(info.retry_delay.seconds)
            if is_over.is_set():
                return codes, seconds, messages

    light_codes = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(connections) as pool:
        running = [pool.submit(heavy) for _ in range(connections)]
        call = caller(address)
        for index in range(calls):
            try:
                call(body("light", str(index)), timeout=60)
                light_codes["OK"] += 1
            except grpc.RpcError as error:
                light_codes[error.code().name] += 1
        is_over.set()
        results = [item.result() for item in running]
    print(
        json.dumps(
            {
                "heavy": dict(sum((item[0] for item in results), collections.Counter())),
                "retry_seconds": [second for item in results for second in item[1]],
                "messages": sorted(set().union(*(item[2] for item in results))),
                "light": dict(light_codes),
            }
        )
    )


main()
