"""Sends metrics by two StatsD clients as people use them; prints nothing.

  statsd_clients.py HOST PORT PREFIX

`datadog` (DogStatsD: tags, distributions, events, service checks, buffering) and `statsd` (UDP, a pipeline, TCP).
"""
import sys
import time

import statsd
from datadog.dogstatsd import DogStatsd


def main():
    host, port, prefix = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    dog = DogStatsd(host=host, port=port, namespace=prefix, constant_tags=["env:test"], disable_telemetry=True)
    for number in range(50):
        dog.increment("page.views", tags=["page:home"])
        dog.histogram("render", 10 + number % 5, tags=["page:home"])
        dog.distribution("size", 1000 + number)
    dog.gauge("queue", 12.5)
    dog.timing("query", 25)
    for user in ["ann", "bob", "ann"]:
        dog.set("users", user)
    dog.event("deployed", "version 2\nis out", alert_type="warning", tags=["team:core"])
    dog.service_check("db.up", 2, message="no answer")
    dog.flush()
    with statsd.StatsClient(host, port, prefix=f"{prefix}.plain").pipeline() as pipe:
        pipe.incr("jobs", 3)
        pipe.gauge("depth", 7)
        pipe.gauge("depth", 5, delta=True)
        pipe.timing("took", 320)
    client = statsd.TCPStatsClient(host, port, prefix=f"{prefix}.tcp")
    for _ in range(10):
        client.incr("lines")
    time.sleep(0.2)
    client.close()


main()
