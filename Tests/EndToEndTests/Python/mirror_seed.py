"""The traffic of the seeds' own test program, and what its authors then ask of the files.

Usage: mirror_seed.py send OTLP_URL STATSD_HOST:PORT DATA | mirror_seed.py check DATA

`send` posts traces and metrics as hand-written OTLP JSON with times as numbers, sends lines of StatsD, and writes a log
as an application does. `check` reads the files of the data directory and fails at the first thing that is not as the
authors' report asserts it (contracts/seeds.md, sections 2.2 and 5).
"""

import json
import pathlib
import socket
import sys
import time
import urllib.request

TRACE = "12345678901234567890123456789012"
HEADERS = {"Content-Type": "application/json", "User-Agent": "spacetimedb-telemetry-test/1.0"}
RESOURCE = {
    "attributes": [
        {"key": "service.name", "value": {"stringValue": "spacetimedb"}},
        {"key": "service.version", "value": {"stringValue": "dev"}},
        {"key": "deployment.environment", "value": {"stringValue": "local-development"}},
    ]
}
STATSD = [
    "spacetimedb.database.inserts:1|c|#table:users",
    "spacetimedb.database.selects:1|c|#table:users",
    "spacetimedb.database.insert_duration:25|ms|#table:users",
    "spacetimedb.wasm.function_calls:1|c|#module:chat,function:send_message",
    "spacetimedb.wasm.execution_time:150|ms|#module:chat,function:send_message",
    "spacetimedb.api.requests:1|c|#method:POST,path:/database/call,status:200",
    "spacetimedb.system.memory_usage:1024|g",
    "spacetimedb.system.cpu_usage:25.5|g",
]


def text(key, value):
    return {"key": key, "value": {"stringValue": value}}


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), HEADERS)
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200, answer.status


def histogram(name, now, counts, bounds, total, attributes):
    point = {
        "timeUnixNano": now,
        "startTimeUnixNano": now - 10**9,
        "count": str(sum(counts)),
        "sum": total,
        "bucketCounts": counts,
        "explicitBounds": bounds,
        "attributes": attributes,
    }
    return {"name": name, "unit": "s", "histogram": {"dataPoints": [point], "aggregationTemporality": 2}}


def send(otlp, statsd, data):
    now = time.time_ns()
    insert = {
        "traceId": TRACE,
        "spanId": "1234567890123456",
        "name": "database.insert",
        "kind": 3,
        "startTimeUnixNano": now,
        "endTimeUnixNano": now + 5_000_000,
        "attributes": [
            text("db.table", "users"),
            text("db.operation", "insert"),
            {"key": "db.rows_affected", "value": {"intValue": "1"}},
        ],
        "status": {"code": 1},
    }
    call = {
        "traceId": TRACE,
        "spanId": "2345678901234567",
        "parentSpanId": insert["spanId"],
        "name": "wasm.function_call",
        "kind": 2,
        "startTimeUnixNano": now + 1_000_000,
        "endTimeUnixNano": now + 4_000_000,
        "attributes": [
            text("wasm.module_id", "chat"),
            text("wasm.function", "send_message"),
            {"key": "wasm.execution_time_ms", "value": {"doubleValue": 19.0}},
        ],
        "status": {"code": 1},
    }
    scope = {"name": "spacetimedb-tracer", "version": "1.0.0"}
    spans = {"scope": scope, "spans": [insert, call]}
    post(otlp + "/v1/traces", {"resourceSpans": [{"resource": RESOURCE, "scopeSpans": [spans]}]})
    operations = {
        "name": "spacetimedb_database_operations_total",
        "sum": {
            "aggregationTemporality": 2,
            "isMonotonic": True,
            "dataPoints": [
                {
                    "timeUnixNano": now,
                    "startTimeUnixNano": now - 10**9,
                    "asInt": "42",
                    "attributes": [text("operation", "insert"), text("table", "users")],
                }
            ],
        },
    }
    requests = histogram(
        "spacetimedb_request_duration_seconds", now, [0, 2, 5, 3, 0], [0.01, 0.05, 0.1, 0.5], 0.5,
        [text("method", "POST"), text("endpoint", "/database/call")])
    executions = histogram(
        "spacetimedb_wasm_execution_duration_seconds", now, [10, 15, 1], [0.005, 0.01], 0.2,
        [text("module", "chat"), text("function", "send_message")])
    metrics = {"scope": scope, "metrics": [operations, requests, executions]}
    post(otlp + "/v1/metrics", {"resourceMetrics": [{"resource": RESOURCE, "scopeMetrics": [metrics]}]})
    record = {
        "timeUnixNano": now,
        "severityNumber": 9,
        "severityText": "INFO",
        "body": {"stringValue": "insert done"},
        "traceId": TRACE,
        "spanId": insert["spanId"],
    }
    post(otlp + "/v1/logs", {"resourceLogs": [{"resource": RESOURCE, "scopeLogs": [{"logRecords": [record]}]}]})

    host, port = statsd.rsplit(":", 1)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for line in STATSD:
        sender.sendto(line.encode(), (host, int(port)))

    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + ".000Z"
    entries = [
        {"timestamp": stamp, "level": "INFO", "service": "spacetimedb", "module": "core", "message": "server starts"},
        {"timestamp": stamp, "level": "WARN", "service": "spacetimedb", "module": "database", "message": "slow query",
         "trace_id": TRACE, "query_duration_ms": 125},
    ]
    path = pathlib.Path(data, "logs", "spacetimedb-test-logs.jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))


def lines(path):
    content = path.read_text(encoding="utf-8")
    assert content.endswith("\n"), f"{path} does not end with a whole line"
    return [json.loads(line) for line in content.splitlines()]


def check(data):
    data = pathlib.Path(data)

    first = lines(data / "traces" / "traces.jsonl")[0]
    resource = first["resourceSpans"][0]["resource"]["attributes"]
    # The authors look at the first attribute, whatever its key is.
    assert resource[0] == {"key": "service.name", "value": {"stringValue": "spacetimedb"}}, resource
    scope = first["resourceSpans"][0]["scopeSpans"][0]
    assert scope["scope"] == {"name": "spacetimedb-tracer", "version": "1.0.0"}, scope["scope"]
    insert, call = scope["spans"]
    assert insert["name"] == "database.insert" and insert["traceId"] == TRACE, insert
    assert insert["spanId"] == "1234567890123456" and insert["parentSpanId"] == "", insert
    assert insert["kind"] == 3 and insert["status"] == {"code": 1}, insert
    assert isinstance(insert["startTimeUnixNano"], str) and insert["startTimeUnixNano"].isdigit(), insert
    attributes = {attribute["key"]: attribute["value"] for attribute in insert["attributes"]}
    assert attributes["db.table"] == {"stringValue": "users"}, attributes
    assert attributes["db.rows_affected"] == {"intValue": "1"}, attributes
    # As the Collector of the report adds them.
    assert attributes["service.name"] == {"stringValue": "spacetimedb"}, attributes
    assert attributes["deployment.environment"] == {"stringValue": "local-development"}, attributes
    assert call["parentSpanId"] == insert["spanId"], call
    assert {"key": "wasm.execution_time_ms", "value": {"doubleValue": 19}} in call["attributes"], call
    same = (data / "traces" / "traces_detailed.json").read_bytes()
    assert same == (data / "traces" / "traces.jsonl").read_bytes(), "traces_detailed.json differs"

    page = (data / "metrics" / "metrics.prom").read_text(encoding="utf-8")
    for wanted in (
        "spacetimedb_database_operations_total", 'operation="insert"', 'table="users"',
        "spacetimedb_wasm_execution_duration_seconds", 'module="chat"', "spacetimedb_database_inserts",
    ):
        assert wanted in page, f"no {wanted} in metrics.prom:\n{page}"
    samples = [line for line in page.splitlines() if line and not line.startswith("#")]
    assert len(samples) >= 5, page
    operations = [line for line in samples if line.startswith("spacetimedb_database_operations_total{")]
    assert [line.rsplit(" ", 1)[1] for line in operations] == ["42"], operations

    metrics = {
        metric["name"]: metric
        for line in lines(data / "metrics" / "metrics.jsonl")
        for block in line["resourceMetrics"]
        for scope in block["scopeMetrics"]
        for metric in scope["metrics"]
    }
    point = metrics["spacetimedb_database_operations_total"]["sum"]["dataPoints"][0]
    assert point["asInt"] == "42", point
    point = metrics["spacetimedb_request_duration_seconds"]["histogram"]["dataPoints"][0]
    assert point["count"] == "10" and point["bucketCounts"] == ["0", "2", "5", "3", "0"], point

    entries = lines(data / "logs" / "spacetimedb-test-logs.jsonl")
    for entry in entries:
        assert {"timestamp", "level", "service", "message"} <= entry.keys() and entry["service"] == "spacetimedb"
        assert "trace_id" not in entry or len(entry["trace_id"]) == 32

    records = [
        record
        for line in lines(data / "logs" / "logs.jsonl")
        for block in line["resourceLogs"]
        for scope in block["scopeLogs"]
        for record in scope["logRecords"]
    ]
    by_body = {record["body"].get("stringValue"): record for record in records}
    assert by_body["insert done"]["traceId"] == TRACE and by_body["insert done"]["severityNumber"] == 9, records
    # What was followed is stored, so it is in the file too, with the trace id found in the line.
    assert by_body["slow query"]["traceId"] == TRACE, records

    processed = lines(data / "processed" / "filebeat-processed-logs.jsonl")
    assert processed[0]["agent.type"] == "filebeat" and processed[0]["input.type"] == "log", processed[0]
    assert processed[0]["service.name"] == "spacetimedb" and processed[0]["log.level"] == "INFO", processed[0]
    assert {"@timestamp", "message", "agent.version", "log.file.path"} <= processed[0].keys(), processed[0]
    assert all(not isinstance(value, (dict, list)) for entry in processed for value in entry.values()), processed
    print(json.dumps({"spans": 2, "metrics": len(metrics), "records": len(records), "processed": len(processed)}))


if sys.argv[1] == "send":
    send(*sys.argv[2:])
    print("{}")
else:
    check(*sys.argv[2:])
