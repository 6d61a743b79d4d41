import Codecs
import TelemetryModel
import Testing

/// Received on 2024-03-10 at noon.
@Suite struct RFC3164Tests {
    @Test(
        arguments: [
            // RFC 3164, section 5.4, examples 1 and 2.
            (
                "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8", "2023-10-11T22:14:15Z",
                "mymachine", "su", "", "'su root' failed for lonvick on /dev/pts/8"
            ),
            ("Use the BFG!", "", "", "unknown_service", "", "Use the BFG!"),
            (
                "<13>Feb  5 17:32:18 10.0.0.99 Use the BFG!", "2024-02-05T17:32:18Z", "10.0.0.99", "unknown_service",
                "",
                "Use the BFG!"
            ),
            (
                "<86>Mar  9 01:02:03 web1 sshd[4711]: Accepted publickey", "2024-03-09T01:02:03Z", "web1", "sshd",
                "4711",
                "Accepted publickey"
            ),
            // No host: /dev/log and `logger`.
            ("<13>Mar  9 01:02:03 root: hello", "2024-03-09T01:02:03Z", "", "root", "", "hello"),
            ("<13>Mar  9 01:02:03 cron[12]: hello", "2024-03-09T01:02:03Z", "", "cron", "12", "hello"),
            // rsyslog's forward format.
            (
                "<30>2024-03-09T01:02:03.123456+01:00 web1 nginx[7]: GET /", "2024-03-09T00:02:03.123Z", "web1",
                "nginx",
                "7", "GET /"
            ),
            // Python's SysLogHandler, without and with an ident.
            ("<14>hello world\u{0}", "", "", "unknown_service", "", "hello world"),
            ("<14>myapp: hello\u{0}", "", "", "myapp", "", "hello"),
            ("<11>ERROR: it broke", "", "", "unknown_service", "", "ERROR: it broke"),
            ("<14>myapp[5]: x", "", "", "myapp", "5", "x"),
            ("<14>http://a b", "", "", "unknown_service", "", "http://a b"),
            // No priority.
            ("Mar  9 01:02:03 web1 kernel: [1.5] usb", "2024-03-09T01:02:03Z", "web1", "kernel", "", "[1.5] usb"),
            (
                "2024-03-09T01:02:03Z hello world", "2024-03-09T01:02:03Z", "", "unknown_service", "",
                "2024-03-09T01:02:03Z hello world"
            ),
            // Cisco.
            (
                "<187>29: *Mar  1 18:48:50.483 UTC: %SYS-5-CONFIG_I: Configured", "2024-03-01T18:48:50.483Z", "",
                "unknown_service", "", "%SYS-5-CONFIG_I: Configured"
            ),
            (
                "<189>: 2024 Mar  1 18:48:50 EST: %ETHPORT-5-IF_UP: up", "2024-03-01T23:48:50Z", "", "unknown_service",
                "",
                "%ETHPORT-5-IF_UP: up"
            ),
            (
                "<189>123: sw1: .Mar  1 18:48:50.4: %LINK-3-UPDOWN: down", "2024-03-01T18:48:50.400Z", "sw1",
                "unknown_service", "", "%LINK-3-UPDOWN: down"
            ),
            (
                "<166>Jan 01 2023 10:00:00: %ASA-6-302013: Built", "2023-01-01T10:00:00Z", "", "unknown_service", "",
                "%ASA-6-302013: Built"
            ),
            (
                "<166>Jan 01 2023 10:00:00 fw1 : %ASA-6-302013: Built", "2023-01-01T10:00:00Z", "fw1",
                "unknown_service",
                "", "%ASA-6-302013: Built"
            ),
            // Dates that do not exist, and priorities.
            ("<13>Feb 30 10:00:00 h a: x", "", "", "unknown_service", "", "Feb 30 10:00:00 h a: x"),
            ("<192>Mar  9 01:02:03 h a: x", "", "", "unknown_service", "", "<192>Mar  9 01:02:03 h a: x"),
            ("<13>Feb 29 10:00:00 h a: x", "2024-02-29T10:00:00Z", "h", "a", "", "x"),
            ("<13>Mar  9 01:02:03 h {\"a\": 1}", "2024-03-09T01:02:03Z", "h", "unknown_service", "", "{\"a\": 1}"),
            ("<13>", "", "", "unknown_service", "", ""), ("", "", "", "unknown_service", "", ""),
        ] as [(String, String, String, String, String, String)])
    func messages(text: String, time: String, host: String, service: String, process: String, body: String) {
        let message = SyslogMessage.parse(text)
        #expect(message.time == time)
        #expect((message.host ?? "") == host)
        #expect(message.service == service)
        #expect((message.text("procid") ?? "") == process)
        #expect(message.record.body == body)
    }

    @Test func ciscosMnemonicIsTheMessagesID() {
        #expect(SyslogMessage.parse("<166>Jan 01 2023 10:00:00: %ASA-6-302013: x").text("msgid") == "ASA-6-302013")
    }

    @Test(
        arguments: [
            ("Mar 11 11:59:59", "2024-03-11T11:59:59Z"), ("Mar 11 12:00:01", "2023-03-11T12:00:01Z"),
            ("Dec 31 23:59:59", "2023-12-31T23:59:59Z"), ("Jan  1 00:00:00", "2024-01-01T00:00:00Z"),
            ("Jan 1 00:00:00", "2024-01-01T00:00:00Z"), ("jan 01 00:00:00 2019", "2019-01-01T00:00:00Z"),
        ])
    func theYearIsTheLatestThatIsNotInTheFuture(date: String, time: String) {
        #expect(SyslogMessage.parse("<13>\(date) h a: x").time == time)
    }

    @Test func timesWithoutAZoneAreInTheGivenOne() {
        let message = SyslogMessage.parse("<13>Mar  9 01:02:03 h a: x", zoneOffsetSeconds: 3600)
        #expect(message.time == "2024-03-09T00:02:03Z")
    }

    @Test func theSenderStandsInForTheHost() {
        #expect(SyslogMessage.parse("<14>x", sender: "10.0.0.1").host == "10.0.0.1")
        #expect(SyslogMessage.parse("<14>Mar  9 01:02:03 h a: x", sender: "10.0.0.1").host == "h")
    }

    @Test func withoutAPriorityThereIsNoSeverity() {
        let message = SyslogMessage.parse("hello")
        #expect(message.format == .plain)
        #expect(message.record.severityNumber == 0)
        #expect(message.record.attributes.isEmpty)
    }

    @Test func bytesThatAreNotUTF8AreMended() {
        let message = SyslogMessage.parse(Array("<14>a".utf8) + [0xFF] + Array("b\r\n".utf8))
        #expect(message.record.body == "a\u{FFFD}b")
    }

    /// Method: messages are cut and changed at every place; nothing traps.
    @Test func damagedMessagesNeverTrap() {
        let messages = [
            #"<165>1 2003-10-11T22:14:15.003Z h a 1 m [a b="\"c"][d e="f"] text"#,
            "<187>29: h: *Mar  1 18:48:50.483 UTC: %SYS-5-CONFIG_I: Configured", "<34>Oct 11 22:14:15 2003 h su[1]: x",
        ]
        for message in messages.map({ Array($0.utf8) }) {
            for index in message.indices {
                _ = SyslogMessage.parse(Array(message[..<index]))
                for byte in [0, 0x20, 0x30, 0x39, 0x3A, 0x5B, 0x5D, 0x22, 0x5C, 0xFF] as [UInt8] {
                    var damaged = message
                    damaged[index] = byte
                    _ = SyslogMessage.parse(damaged)
                }
            }
        }
    }
}
