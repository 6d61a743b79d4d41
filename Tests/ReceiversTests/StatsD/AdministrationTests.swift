import Testing

@testable import Receivers

@Suite struct AdministrationTests {
    private let intake = StatsDIntake(.init(), clock: { 1_000_000 })
    private var commands: AdministrationCommands { AdministrationCommands(intake, configuration: [("port", "8125")]) }

    private func receive(_ text: String) {
        Array(text.utf8).withUnsafeBufferPointer { intake.receive($0) }
    }

    @Test(arguments: [
        ("health", "health: up\n"), ("nonsense", "ERROR\n"), ("", ""), ("counters", "{\"a.b;t=x\":2}\nEND\n\n"),
        ("gauges", "{\"g\":1.5}\nEND\n\n"), ("timers", "{\"t\":{\"count\":2,\"sum\":30}}\nEND\n\n"),
        ("sets", "{\"s\":2}\nEND\n\n"), ("config", "{\"port\":\"8125\"}\nEND\n\n"),
        ("delcounters a.b", "deleted: a.b;t=x\nEND\n\n"), ("delgauges a.*", "metric a.* not found\nEND\n\n"),
        ("delsets s nothing", "deleted: s\nmetric nothing not found\nEND\n\n"),
        ("deltimers *", "deleted: t\nEND\n\n"),
    ])
    func commandsAnswerAsTheOriginalServer(_ command: String, _ answer: String) {
        receive("a.b:2|c|#t:x\ng:1.5|g\nt:10:20|ms\ns:a|s\ns:b|s")
        #expect(commands.answer(command).text == answer)
    }

    @Test func statsEndWithEndAndShowBadLines() {
        receive("ok:1|c\nbad")
        let text = commands.answer("stats").text
        #expect(text.hasPrefix("uptime: 0\nmessages.last_msg_seen: 0\nmessages.bad_lines_seen: 1\n"))
        #expect(text.contains("bad_lines.no_value: 1\n"))
        #expect(text.hasSuffix("bad line (no_value): bad\nEND\n\n"))
        #expect(commands.answer("help").text.hasPrefix("Commands: "))
        #expect(commands.answer("quit").closes)
    }

    @Test func healthCanBeSetDown() {
        let commands = commands
        #expect(commands.answer("health down").text == "health: down\n")
        #expect(commands.answer("health").text == "health: down\n")
        #expect(commands.answer("health up").text == "health: up\n")
    }

    private func http(_ head: String, refusal: String? = nil) -> String {
        let http = AdministrationHTTP(commands: commands, refusal: { _, _, _ in refusal })
        return String(decoding: http.answer(Array(head.utf8)), as: UTF8.self)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK"),
        ("GET /stats?x=1 HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK"),
        ("GET /health HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK"), ("GET /timers HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK"),
        ("GET /nothing HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found"), ("GET\r\n\r\n", "HTTP/1.1 400 Bad Request"),
        ("POST / HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed"), ("HEAD / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK"),
    ])
    func httpIsAnsweredToo(_ request: String, _ status: String) {
        #expect(http(request).hasPrefix(status + "\r\n"))
        #expect(http(request, refusal: "no").hasPrefix("HTTP/1.1 4"))
    }

    @Test func httpIsToldFromCommands() {
        #expect(AdministrationHTTP.isHTTP(Array("GET /".utf8)) == true)
        #expect(AdministrationHTTP.isHTTP(Array("GE".utf8)) == nil)
        #expect(AdministrationHTTP.isHTTP(Array("gauges\n".utf8)) == false)
        #expect(AdministrationHTTP.isHTTP(Array("health".utf8)) == false)
        #expect(AdministrationHTTP.headEnd(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\nbody".utf8)) == 27)
        #expect(AdministrationHTTP.headEnd(Array("GET / HTTP/1.1\n\n".utf8)) == 16)
        #expect(AdministrationHTTP.headEnd(Array("GET / HTTP/1.1\r\n".utf8)) == nil)
    }
}
