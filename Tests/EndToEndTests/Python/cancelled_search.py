"""A streamed TraceQL search that its client cancels, on a connection that lives on.

  cancelled_search.py TEMPO_ADDRESS CLICKHOUSE_URL QUERY WORD

Waits until the engine works on a statement with WORD in its text, cancels the call (RST_STREAM), waits until the
statement is gone, and asks once more over the same connection. Prints JSON: `cancelled` and `after`, the codes of both
calls.
"""
import json
import sys
import time
import urllib.request

import grpc

from rpc_messages import METHODS, message

SEARCH = "/tempopb.StreamingQuerier/Search"
DEADLINE = 60


def statements(url, word):
    query = (
        f"SELECT count() FROM system.processes WHERE position(query, '{word}') > 0 "
        "AND position(query, 'system.processes') = 0"
    )
    with urllib.request.urlopen(url + "/?default_format=TabSeparated", data=query.encode(), timeout=30) as answer:
        return int(answer.read())


def wait_for(url, word, count):
    end = time.monotonic() + DEADLINE
    while statements(url, word) != count:
        if time.monotonic() > end:
            raise SystemExit(f"waited {DEADLINE} s in vain for {count} statements with {word}")
        time.sleep(0.05)


def main():
    address, clickhouse, query, word = sys.argv[1:]
    takes, gives, _ = METHODS[SEARCH]
    channel = grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)])
    search = channel.unary_stream(
        SEARCH,
        request_serializer=message(takes).SerializeToString,
        response_deserializer=message(gives).FromString,
    )
    call = search(message(takes)(Query=query, Limit=20), timeout=2 * DEADLINE)
    wait_for(clickhouse, word, 1)
    call.cancel()
    wait_for(clickhouse, word, 0)
    again = search(message(takes)(Query="{}", Limit=1), timeout=DEADLINE)
    list(again)
    print(json.dumps({"cancelled": call.code().name, "after": again.code().name}))


main()
