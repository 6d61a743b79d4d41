"""Python's own syslog handler, and messages of both RFCs as they stand there.

  syslog_send.py HOST PORT RUN

Over UDP and TCP: the standard library's SysLogHandler (a priority, a tag, the text and a NUL, nothing else) and lines
of RFC 5424 and RFC 3164; over TCP the latter in both framings. Prints the bodies that were sent as JSON.
"""
import datetime
import json
import logging
import logging.handlers
import socket
import sys


def main():
    host, port, run = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    sent = []
    for name, kind in (("udp", socket.SOCK_DGRAM), ("tcp", socket.SOCK_STREAM)):
        handler = logging.handlers.SysLogHandler((host, port), logging.handlers.SysLogHandler.LOG_LOCAL3, kind)
        handler.ident = f"billing-{name}-{run}[77]: "
        logger = logging.getLogger(f"syslog.{name}")
        logger.propagate = False
        logger.setLevel(logging.DEBUG)
        logger.addHandler(handler)
        logger.debug("python %s debug", name)
        logger.warning("python %s warning", name)
        logger.error("python %s error Zoë ✓", name)
        handler.close()
        sent += [f"python {name} debug", f"python {name} warning", f"python {name} error Zoë ✓"]

    now = datetime.datetime.now(datetime.timezone.utc)
    time_5424 = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    # RFC 3164 has a day of two columns, filled with a space.
    time_3164 = now.strftime("%b ") + f"{now.day:2d}" + now.strftime(" %H:%M:%S")

    def messages(name):
        return [
            f'<165>1 {time_5424} host-{run} billing-{name}-{run} 77 ID47 [app@32473 order="42" note="a\\"b\\]c"] '
            f"\ufeffrfc5424 {name}".encode(),
            f"<34>{time_3164} host-{run} billing-{name}-{run}[77]: rfc3164 {name}".encode(),
        ]

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        for message in messages("udp"):
            udp.sendto(message, (host, port))
    with socket.create_connection((host, port)) as tcp:
        counted, lined = messages("tcp")
        # RFC 6587: octet counting, here in two pieces, and a line feed behind each.
        framed = f"{len(counted)} ".encode() + counted
        tcp.sendall(framed[:20])
        tcp.sendall(framed[20:])
        tcp.sendall(lined + b"\n")
    sent += [f"{kind} {name}" for name in ("udp", "tcp") for kind in ("rfc5424", "rfc3164")]
    print(json.dumps({"sent": sorted(sent)}))


main()
