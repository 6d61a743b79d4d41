"""Sends OTLP metrics and reads them back as Prometheus series; prints as JSON what differs.

  otel_prometheus.py OTLP_HTTP_URL PROMETHEUS_URL CASES.json

A case: {name, resource: {key: value}, metric: OTLP JSON, status, series: [{labels, value}]}; "{svc}" stands for the name
of a service that no other case has. Points without a time get the present one.
"""
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


def fill(value, service):
    if isinstance(value, str):
        return value.replace("{svc}", service)
    if isinstance(value, list):
        return [fill(item, service) for item in value]
    if isinstance(value, dict):
        return {key: fill(item, service) for key, item in value.items()}
    return value


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def close(expected, found):
    """Numbers as Prometheus' own tests compare them; lists and objects member by member."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(close(value, found.get(key)) for key, value in expected.items())
    if isinstance(expected, list):
        return isinstance(found, list) and len(expected) == len(found) and all(map(close, expected, found))
    try:
        a, b = float(expected), float(found)
    except (TypeError, ValueError):
        return expected == found
    return a == b or abs(a - b) <= 1e-6 * (abs(a) + abs(b)) or (a != a and b != b)


def main():
    otlp, prometheus, path = sys.argv[1:]
    cases = json.load(open(path))
    now = time.time_ns()
    failures = []
    for index, case in enumerate(cases):
        service = f"run{now // 10**9 % 10**6}-{index}"
        metric = json.loads(json.dumps(case["metric"]))
        for member in metric.values():
            if isinstance(member, dict):
                for point in member.get("dataPoints", []):
                    point.setdefault("timeUnixNano", str(now))
                    point.setdefault("startTimeUnixNano", str(now - 60 * 10**9))
        attributes = [
            {"key": key, "value": value if isinstance(value, dict) else {"stringValue": value}}
            for key, value in fill(case["resource"], service).items()
        ]
        block = {"resource": {"attributes": attributes}, "scopeMetrics": [{"metrics": [metric]}]}
        status = post(f"{otlp}/v1/metrics", {"resourceMetrics": [block]})
        if status != case["status"]:
            failures.append(f"{case['name']}: status {status}, expected {case['status']}")
        for series in fill(case["series"], service):
            labels = series["labels"]
            query = "{%s}" % ",".join(f"{json.dumps(key)}={json.dumps(value)}" for key, value in labels.items())
            url = f"{prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": query})
            with urllib.request.urlopen(url, timeout=60) as answer:
                result = json.load(answer)["data"]["result"]
            same = [entry for entry in result if entry["metric"] == labels]
            found = (same[0].get("value") or same[0].get("histogram"))[1] if same else None
            if found is None or "value" in series and not close(series["value"], found):
                failures.append(f"{case['name']}: expected {series}, found {result[:3]}")
    print(json.dumps({"cases": len(cases), "failures": failures}))


main()
