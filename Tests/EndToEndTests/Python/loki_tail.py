"""A WebSocket client of the tail API with nothing but the standard library (RFC 6455).

  loki_tail.py LOKI_URL RUN

Opens the tail of `{app="tail-RUN"} |= "keep"`, then pushes lines of which some match, and reads until all have come.
Pings the server between, in a frame of its own, and closes with 1000. Prints what it saw as JSON.
"""
import base64
import hashlib
import json
import os
import socket
import struct
import sys
import time
import urllib.parse
import urllib.request

LINES = 30


class WebSocket:
    def __init__(self, url, path):
        target = urllib.parse.urlsplit(url)
        self.socket = socket.create_connection((target.hostname, target.port), timeout=60)
        self.buffer = b""
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            (
                f"GET {path} HTTP/1.1\r\nHost: {target.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
            ).encode()
        )
        while b"\r\n\r\n" not in self.buffer:
            piece = self.socket.recv(4096)
            if not piece:
                raise SystemExit("the server closed the connection in the handshake")
            self.buffer += piece
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        self.accepted = self.headers.get("sec-websocket-accept") == base64.b64encode(digest).decode()

    def send(self, code, payload):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        self.socket.sendall(bytes([0x80 | code, 0x80 | len(payload)]) + mask + masked)

    def exactly(self, count):
        while len(self.buffer) < count:
            piece = self.socket.recv(65536)
            if not piece:
                raise EOFError
            self.buffer += piece
        part, self.buffer = self.buffer[:count], self.buffer[count:]
        return part

    def frame(self):
        first, second = self.exactly(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", self.exactly(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self.exactly(8))
        if second & 0x80:
            raise SystemExit("the server masks its frames")
        return first >> 7, first & 0x0F, self.exactly(length)


def push(url, run, numbers):
    base = time.time_ns()
    values = [
        [str(base + number), f"{'keep' if number % 3 else 'drop'} number={number}", {"n": str(number)}]
        for number in numbers
    ]
    body = json.dumps({"streams": [{"stream": {"app": f"tail-{run}"}, "values": values}]}).encode()
    request = urllib.request.Request(
        f"{url}/loki/api/v1/push", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.status


def main():
    url, run = sys.argv[1:]
    query = urllib.parse.urlencode({"query": f'{{app="tail-{run}"}} |= "keep"'})
    tail = WebSocket(url, f"/loki/api/v1/tail?{query}")
    result = {
        "status": tail.status, "accepted": tail.accepted, "lines": [], "labels": [], "keys": [], "pongs": [],
        "close_code": 0, "ended": False,
    }
    if tail.status != 101:
        print(json.dumps(result))
        return
    expected = [number for number in range(LINES) if number % 3]
    push(url, run, range(0, LINES // 2))
    tail.send(9, b"are you there")
    pushed = False
    text = b""
    while len(result["lines"]) < len(expected) or not result["pongs"]:
        final, code, payload = tail.frame()
        if code == 10:
            result["pongs"].append(payload.decode())
        elif code == 9:
            tail.send(10, payload)
        elif code in (0, 1):
            text += payload
            if not final:
                continue
            message, text = json.loads(text), b""
            result["keys"] = sorted(set(result["keys"]) | set(message))
            for stream in message["streams"] or []:
                result["labels"].append(stream["stream"])
                result["lines"] += [[value[0], value[1]] for value in stream["values"]]
        elif code == 8:
            result["close_code"] = struct.unpack(">H", payload[:2])[0]
            break
        # The second half when the first is there: the tail goes on.
        if not pushed and len(result["lines"]) == sum(1 for number in expected if number < LINES // 2):
            pushed = True
            push(url, run, range(LINES // 2, LINES))
    tail.send(8, struct.pack(">H", 1000))
    try:
        while True:
            _, code, payload = tail.frame()
            if code == 8:
                result["close_code"] = struct.unpack(">H", payload[:2])[0]
    except (EOFError, ConnectionResetError):
        result["ended"] = True
    print(json.dumps(result))


main()
