"""The Automagik SDKs' traffic (contracts/seeds.md, section 3.6), byte for byte in what matters.

  automagik_post.py python|typescript OTLP_HTTP_URL RUN

`python`: one request per signal with up to 100 items of one resource, times as JSON numbers, a body of 1024 bytes or
more as gzip. `typescript`: 100 requests of one span each, all in flight at once, compact JSON, times as strings.
Both: `Connection: close`, trace ids of 64 hex digits, enums by name, `span.resource` that OTLP does not know.
Prints statuses, answers and ids as JSON.
"""
import concurrent.futures
import gzip
import json
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid

COUNT = 100


def attribute(key, value):
    if isinstance(value, bool):
        return {"key": key, "value": {"boolValue": value}}
    if isinstance(value, (int, float)):
        return {"key": key, "value": {"doubleValue": value}}
    return {"key": key, "value": {"stringValue": value}}


def resource(run):
    return {
        "attributes": [
            attribute("service.name", f"automagik-{run}"),
            attribute("service.version", "0.1.4"),
            attribute("project.name", "omni"),
            attribute("project.version", "0.1.4"),
            attribute("service.organization", "namastex"),
            attribute("user.id", str(uuid.uuid4())),
            attribute("session.id", str(uuid.uuid4())),
            attribute("telemetry.sdk.name", "automagik-telemetry"),
            attribute("telemetry.sdk.version", "0.1.4"),
        ]
    }


SCOPE = {"name": "omni.telemetry", "version": "0.1.4"}


def system(runtime):
    return [
        attribute("system.os", "Linux"),
        attribute("system.os_version", "6.1.0"),
        attribute(f"system.{runtime}_version", "3.11.2"),
        attribute("system.architecture", "x86_64"),
        attribute("system.is_docker", False),
        attribute("system.project_name", "omni"),
        attribute("system.project_version", "0.1.4"),
        attribute("system.organization", "namastex"),
    ]


def span(index, owner, runtime, moment):
    return {
        "traceId": uuid.uuid4().hex + uuid.uuid4().hex,
        "spanId": uuid.uuid4().hex[:16],
        "name": "automagik.api.request",
        "kind": "SPAN_KIND_INTERNAL",
        "startTimeUnixNano": moment,
        "endTimeUnixNano": moment,
        "attributes": system(runtime) + [attribute("endpoint", f"/v1/ünï/{index}"), attribute("index", index)],
        "status": {"code": 1},
        "resource": owner,
    }


def post(url, body):
    """urllib as the Python SDK uses it: HTTP/1.1 with `Connection: close` and no User-Agent of its own."""
    headers = {"Content-Type": "application/json"}
    if len(body) >= 1024:
        body = gzip.compress(body)
        headers["Content-Encoding"] = "gzip"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body, headers=headers), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def traces(owner, spans):
    return {"resourceSpans": [{"resource": owner, "scopeSpans": [{"scope": SCOPE, "spans": spans}]}]}


def metrics(owner, moment):
    def point(value):
        return {
            "attributes": [attribute("feature", "chat")],
            "startTimeUnixNano": moment,
            "timeUnixNano": moment,
            "asDouble": value,
        }

    def counter():
        return {
            "name": "automagik.messages",
            "description": "",
            "sum": {"dataPoints": [point(1.0)], "aggregationTemporality": 2, "isMonotonic": True},
        }

    items = [
        # One Metric object per call: a stream of increments that calls itself cumulative.
        counter(),
        counter(),
        {"name": "automagik.queue", "description": "", "gauge": {"dataPoints": [point(17.0)]}},
        {
            "name": "automagik.latency",
            "description": "",
            "histogram": {
                "dataPoints": [
                    {
                        "attributes": [attribute("feature", "chat")],
                        "startTimeUnixNano": moment,
                        "timeUnixNano": moment,
                        "count": 1,
                        "sum": 12.5,
                    }
                ],
                "aggregationTemporality": "AGGREGATION_TEMPORALITY_CUMULATIVE",
            },
        },
    ]
    return {"resourceMetrics": [{"resource": owner, "scopeMetrics": [{"scope": SCOPE, "metrics": items}]}]}


def logs(owner, moment, trace_ids):
    severities = [("TRACE", 1), ("DEBUG", 5), ("INFO", 9), ("WARN", 13), ("ERROR", 17), ("FATAL", 21)]
    records = [
        {
            "timeUnixNano": moment,
            "severityNumber": number,
            "severityText": text,
            "body": {"stringValue": f"message {text} ünï"},
            "attributes": [attribute("trace_id", trace_ids[0]), attribute("span_id", "00f067aa0ba902b7")],
        }
        for text, number in severities
    ]
    return {"resourceLogs": [{"resource": owner, "scopeLogs": [{"scope": SCOPE, "logRecords": records}]}]}


def main():
    kind, base, run = sys.argv[1:]
    owner = resource(run)
    answers = []
    if kind == "python":
        moment = time.time_ns()
        spans = [span(index, owner, "python", moment) for index in range(COUNT)]
        ids = [item["traceId"] for item in spans]
        for path, document in (
            ("traces", traces(owner, spans)),
            ("metrics", metrics(owner, moment)),
            ("logs", logs(owner, moment, ids)),
        ):
            answers.append(post(f"{base}/v1/{path}", json.dumps(document).encode()))
    else:
        moment = str(time.time_ns() // 1_000_000 * 1_000_000)
        spans = [span(index, owner, "node", moment) for index in range(COUNT)]
        ids = [item["traceId"] for item in spans]
        barrier = threading.Barrier(COUNT)

        def send(item):
            text = json.dumps(traces(owner, [item]), separators=(",", ":"), ensure_ascii=False)
            barrier.wait()
            return post(f"{base}/v1/traces", text.encode())

        with concurrent.futures.ThreadPoolExecutor(COUNT) as pool:
            answers = list(pool.map(send, spans))
    print(
        json.dumps(
            {
                "service": f"automagik-{run}",
                "trace_ids": ids,
                "span_ids": [item["spanId"] for item in spans],
                "statuses": [status for status, _ in answers],
                "answers": sorted({text for _, text in answers}),
                "time": str(moment),
            }
        )
    )


main()
