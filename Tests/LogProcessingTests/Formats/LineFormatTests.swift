import LogProcessing
import TelemetryModel
import Testing

/// One line of each format: the time, the level, the message, and attributes by name.
struct LineFormatTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let line: String
        let time: String?
        let level: String
        let number: Int32
        let body: String
        let attributes: [String: String]
        var testDescription: String { line }

        init(
            _ line: String, _ time: String?, _ level: String, _ number: Int32, _ body: String,
            _ attributes: [String: String] = [:]
        ) {
            self.line = line
            self.time = time
            self.level = level
            self.number = number
            self.body = body
            self.attributes = attributes
        }
    }

    private static func check(_ example: Case) throws {
        let draft = try TestEvents.draft(example.line)
        #expect(draft.timeText == example.time)
        #expect(draft.severityText == example.level)
        #expect(draft.severityNumber == example.number)
        #expect(draft.body == example.body)
        for (name, value) in example.attributes { #expect(draft.text(name) == value, "\(name)") }
    }

    @Test(arguments: [
        Case(
            "2024-05-24T23:22:00.123456Z  INFO spacetimedb::host: crates/core/src/host.rs:12: started key=value n=3",
            "2024-05-24T23:22:00.123Z", "INFO", 9, "started key=value n=3",
            [
                "log.logger": "spacetimedb::host", "code.file.path": "crates/core/src/host.rs",
                "code.line.number": "12",
                "key": "value", "n": "3",
            ]),
        Case(
            "2024-05-24T23:22:00.123456Z DEBUG request{method=GET path=\"/a b\"}:query{id=7}: reifydb::engine: done rows=2",
            "2024-05-24T23:22:00.123Z", "DEBUG", 5, "done rows=2",
            [
                "log.logger": "reifydb::engine", "tracing.spans": "request:query", "method": "GET", "path": "/a b",
                "id": "7", "rows": "2",
            ]),
        Case(
            "2024-05-24T23:22:00.1Z  WARN outer:inner: my_app::db: slow elapsed=1.5s", "2024-05-24T23:22:00.100Z",
            "WARN", 13, "slow elapsed=1.5s",
            ["log.logger": "my_app::db", "tracing.spans": "outer:inner", "elapsed": "1.5s"]),
        Case(
            "2024-05-24T23:22:00Z  INFO main ThreadId(01) my_app: hello: world", "2024-05-24T23:22:00.000Z", "INFO", 9,
            "hello: world", ["log.logger": "my_app", "thread.name": "main", "thread.id": "1"]),
        Case(
            "\u{1B}[2m2024-05-24T23:22:00.123456Z\u{1B}[0m \u{1B}[32m INFO\u{1B}[0m \u{1B}[2mspacetimedb::host\u{1B}[0m\u{1B}[2m:\u{1B}[0m ready \u{1B}[3mport\u{1B}[0m\u{1B}[2m=\u{1B}[0m3000",
            "2024-05-24T23:22:00.123Z", "INFO", 9, "ready port=3000",
            ["log.logger": "spacetimedb::host", "port": "3000"]),
        Case(
            "  2024-05-24T23:22:00.123456Z  INFO my_app::x: message, key: value\n    at src/main.rs:12 on main",
            "2024-05-24T23:22:00.123Z", "INFO", 9, "message, key: value\n    at src/main.rs:12 on main",
            ["log.logger": "my_app::x"]),
        Case(
            "2024-05-24T23:22:00.123456Z  INFO: src/lib.rs:12: Hello, World!", "2024-05-24T23:22:00.123Z", "INFO", 9,
            "Hello, World!", ["code.file.path": "src/lib.rs", "code.line.number": "12"]),
        Case("ERROR foo::bar: broken", nil, "ERROR", 17, "broken", ["log.logger": "foo::bar"]),
    ])
    func rustTracingIsRead(_ example: Case) throws { try Self.check(example) }

    @Test(arguments: [
        Case(
            "2024-05-24 23:22:00,123 - my.app - WARNING - disk is full", "2024-05-24T23:22:00.123Z", "WARNING", 13,
            "disk is full", ["log.logger": "my.app"]),
        Case("ERROR:root:boom: again", nil, "ERROR", 17, "boom: again", ["log.logger": "root"]),
        Case("INFO:     Started server process [1]", nil, "INFO", 9, "Started server process [1]"),
        Case(
            "2024-05-24 23:22:00.123 | INFO     | app.main:run:12 - hello", "2024-05-24T23:22:00.123Z", "INFO", 9,
            "hello", ["log.logger": "app.main", "code.function.name": "run", "code.line.number": "12"]),
        Case(
            "[2024-05-24 23:22:00,123] {taskinstance.py:1083} INFO - Executing", "2024-05-24T23:22:00.123Z", "INFO", 9,
            "Executing", ["code.file.path": "taskinstance.py", "code.line.number": "1083"]),
    ])
    func pythonIsRead(_ example: Case) throws { try Self.check(example) }

    @Test(arguments: [
        Case(
            "2024-05-24 23:22:00.123  INFO 1234 --- [           main] c.e.X : Started", "2024-05-24T23:22:00.123Z",
            "INFO", 9, "Started", ["log.logger": "c.e.X", "thread.name": "main", "process.pid": "1234"]),
        Case(
            "2024-05-24T23:22:00.123+02:00  WARN 1 --- [app] [nio-8080-exec-1] o.s.w.s.DispatcherServlet       : slow",
            "2024-05-24T21:22:00.123Z", "WARN", 13, "slow",
            ["log.logger": "o.s.w.s.DispatcherServlet", "thread.name": "nio-8080-exec-1"]),
        Case(
            "2024-05-24 23:22:00,123 [main] ERROR c.e.Y - boom\njava.lang.X: y\n\tat a.b(C.java:1)",
            "2024-05-24T23:22:00.123Z", "ERROR", 17, "boom\njava.lang.X: y\n\tat a.b(C.java:1)",
            ["log.logger": "c.e.Y", "thread.name": "main"]),
        Case(
            "2024-05-24 23:22:00,123 INFO  [main] c.e.Y:42 - hi", "2024-05-24T23:22:00.123Z", "INFO", 9, "hi",
            ["log.logger": "c.e.Y", "code.line.number": "42"]),
        Case(
            "23:22:00.123 [main] INFO c.e.Y -- hi", nil, "INFO", 9, "hi",
            ["log.logger": "c.e.Y", "thread.name": "main"]),
        Case(
            "[2024-05-24 23:22:00,123] INFO started (kafka.server.KafkaServer)", "2024-05-24T23:22:00.123Z", "INFO", 9,
            "started", ["log.logger": "kafka.server.KafkaServer"]),
        Case(
            "[2024-05-24T23:22:00,123][WARN ][o.e.n.Node     ] [node-1] started", "2024-05-24T23:22:00.123Z", "WARN",
            13, "[node-1] started", ["log.logger": "o.e.n.Node"]),
    ])
    func javaIsRead(_ example: Case) throws { try Self.check(example) }

    @Test(arguments: [
        Case("2024/05/24 23:22:00 hello world", "2024-05-24T23:22:00.000Z", "", 0, "hello world"),
        Case(
            "2024/05/24 23:22:00.123456 main.go:12: hello", "2024-05-24T23:22:00.123Z", "", 0, "hello",
            ["code.file.path": "main.go", "code.line.number": "12"]),
        Case(
            "2024/05/24 23:22:00 INFO hello count=3", "2024-05-24T23:22:00.000Z", "INFO", 9, "hello count=3",
            ["count": "3"]),
        Case(
            "I0524 23:22:00.123456   1234 controller.go:116] Syncing pod=\"a/b\"", "2024-05-24T23:22:00.123Z", "I", 9,
            "Syncing pod=\"a/b\"", ["thread.id": "1234", "code.file.path": "controller.go", "pod": "a/b"]),
        Case(
            "time=2024-05-24T23:22:00Z level=warn msg=\"disk \\\"a\\\" full\" free=3%", "2024-05-24T23:22:00.000Z",
            "warn", 13, "disk \"a\" full", ["free": "3%"]),
        Case(
            "ts=1716592920.5 caller=main.go:12 level=info msg=ok", "2024-05-24T23:22:00.500Z", "info", 9, "ok",
            ["code.file.path": "main.go", "code.line.number": "12"]),
    ])
    func goIsRead(_ example: Case) throws { try Self.check(example) }

    @Test(arguments: [
        Case(
            "127.0.0.1 - frank [24/May/2024:23:22:00 +0200] \"GET /a?b=1 HTTP/1.1\" 200 2326 \"http://r/\" \"Mozilla/5.0 (X)\"",
            "2024-05-24T21:22:00.000Z", "", 0,
            "127.0.0.1 - frank [24/May/2024:23:22:00 +0200] \"GET /a?b=1 HTTP/1.1\" 200 2326 \"http://r/\" \"Mozilla/5.0 (X)\"",
            [
                "client.address": "127.0.0.1", "user.name": "frank", "http.request.method": "GET", "url.path": "/a",
                "url.query": "b=1", "http.response.status_code": "200", "http.response.body.size": "2326",
                "user_agent.original": "Mozilla/5.0 (X)", "http.request.header.referer": "http://r/",
            ]),
        Case(
            "::1 - - [24/May/2024:23:22:00 +0000] \"-\" 400 -", "2024-05-24T23:22:00.000Z", "", 0,
            "::1 - - [24/May/2024:23:22:00 +0000] \"-\" 400 -", ["http.response.status_code": "400"]),
        Case(
            "2024/05/24 23:22:00 [error] 123#456: *7 open() failed, client: 10.0.0.1, server: _",
            "2024-05-24T23:22:00.000Z", "error", 17, "open() failed, client: 10.0.0.1, server: _",
            ["process.pid": "123", "thread.id": "456", "client.address": "10.0.0.1"]),
        Case(
            "[Fri May 24 23:22:00.123456 2024] [core:error] [pid 12:tid 34] [client 10.0.0.1:80] AH1: no",
            "2024-05-24T23:22:00.123Z", "error", 17, "AH1: no",
            ["log.logger": "core", "process.pid": "12", "thread.id": "34", "client.address": "10.0.0.1:80"]),
    ])
    func webServersAreRead(_ example: Case) throws { try Self.check(example) }

    @Test(arguments: [
        Case(
            "May 24 23:22:00 web-1 sshd[123]: Accepted key", "2024-05-24T23:22:00.000Z", "", 0, "Accepted key",
            ["log.syslog.hostname": "web-1", "log.syslog.appname": "sshd", "process.pid": "123"]),
        Case(
            "Dec  4 03:02:01 web-1 kernel: up", "2023-12-04T03:02:01.000Z", "", 0, "up",
            ["log.syslog.appname": "kernel"]),
        Case(
            "2024-05-24T23:22:00.123456+02:00 web-1 sshd[123]: Accepted", "2024-05-24T21:22:00.123Z", "", 0, "Accepted",
            ["log.syslog.appname": "sshd"]),
        Case(
            "2024-05-24 23:22:00.123 UTC [99] app@shop ERROR:  relation \"x\" does not exist",
            "2024-05-24T23:22:00.123Z", "ERROR", 17, "relation \"x\" does not exist",
            ["process.pid": "99", "user.name": "app", "db.namespace": "shop"]),
        Case(
            "2024-05-24 23:22:00.123 CEST [99] LOG:  checkpoint", "2024-05-24T21:22:00.123Z", "LOG", 9, "checkpoint"),
        Case(
            "2024.05.24 23:22:00.123456 [ 77 ] {q-1} <Error> executeQuery: Code: 60", "2024-05-24T23:22:00.123Z",
            "Error", 17, "Code: 60", ["thread.id": "77", "clickhouse.query_id": "q-1", "log.logger": "executeQuery"]),
        Case(
            "[2024-05-24T23:22:00Z INFO  my_app::db] ready", "2024-05-24T23:22:00.000Z", "INFO", 9, "ready",
            ["log.logger": "my_app::db"]),
        Case("[WARN] watch out", nil, "WARN", 13, "watch out"),
        Case("2024-05-24 23:22:00 ERROR broken pipe", "2024-05-24T23:22:00.000Z", "ERROR", 17, "broken pipe"),
        Case("2024-05-24T23:22:00Z server started: ok", "2024-05-24T23:22:00.000Z", "", 0, "server started: ok"),
        Case(
            "2024-05-24T23:22:00.123456789Z stdout F {\"level\":\"warn\",\"msg\":\"inner\"}",
            "2024-05-24T23:22:00.123Z",
            "warn", 13, "inner", ["log.iostream": "stdout"]),
    ])
    func serversAreRead(_ example: Case) throws { try Self.check(example) }

    @Test(arguments: [
        "Starting SpacetimeDB server", "Error handling is hard", "a=b", "x: y", "{not json}", "[unclosed", "12345",
        "2024", "2024-13-45 99:99:99 x", "I am here", "May I ask", "GET / 200", "<html>", "}", "\"quoted\"", "info",
        "key = value, other", "::", "I0524", "[]", "[ERR", "- - [", "2024/05/24", "T", "=", "a= b=",
    ])
    func whatIsNoFormatStaysWhole(_ line: String) throws {
        let draft = try TestEvents.draft(line)
        #expect(draft.body == line)
        #expect(draft.time == nil)
    }
}
