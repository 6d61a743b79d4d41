"""Calls a method of Tempo's or Jaeger's gRPC services with real grpcio.

  rpc.py ADDRESS METHOD REQUEST

METHOD is a path of `rpc_messages.METHODS`, REQUEST is protobuf's own JSON (ids base64). Prints JSON: `code` as gRPC
names it, `details`, and `messages`, the answers with proto's field names.
"""
import json
import sys

import grpc
from google.protobuf.json_format import MessageToDict, Parse

from rpc_messages import METHODS, message


def main():
    address, method, request = sys.argv[1:]
    takes, gives, is_stream = METHODS[method]
    # grpcio's own limit of 4 MiB for an answer stays: that is what clients in the field have.
    channel = grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)])
    make = channel.unary_stream if is_stream else channel.unary_unary
    call = make(
        method,
        request_serializer=message(takes).SerializeToString,
        response_deserializer=message(gives).FromString,
    )
    answers, code, details = [], "OK", ""
    try:
        answer = call(Parse(request, message(takes)()), timeout=60)
        answers = list(answer) if is_stream else [answer]
    except grpc.RpcError as error:
        code, details = error.code().name, error.details()
    print(
        json.dumps(
            {
                "code": code,
                "details": details,
                "messages": [MessageToDict(answer, preserving_proto_field_name=True) for answer in answers],
            }
        )
    )


main()
