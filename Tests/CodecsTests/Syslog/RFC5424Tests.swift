import Codecs
import TelemetryModel
import Testing

@Suite struct RFC5424Tests {
    /// RFC 5424, section 6.5, example 1.
    @Test func theFirstExample() {
        let message = SyslogMessage.parse(
            Array("<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - ".utf8) + [0xEF, 0xBB, 0xBF]
                + Array("'su root' failed for lonvick on /dev/pts/8".utf8))
        #expect(message.format == .rfc5424)
        #expect(message.record.time == Timestamp(nanoseconds: 1_065_910_455_003_000_000))
        #expect(message.host == "mymachine.example.com")
        #expect(message.service == "su")
        #expect(message.text("procid") == nil)
        #expect(message.text("msgid") == "ID47")
        #expect(message.text("facility") == "auth")
        #expect(message.record["syslog.version"] == .int(1))
        #expect(message.record.severityText == "crit")
        #expect(message.record.severityNumber == 18)
        #expect(message.record.body == "'su root' failed for lonvick on /dev/pts/8")
    }

    /// Example 2, with an offset and no structured data.
    @Test func timesHaveOffsets() {
        let message = SyslogMessage.parse(
            "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.")
        #expect(message.record.time == Timestamp(nanoseconds: 1_061_727_255_000_003_000))
        #expect(message.text("procid") == "8710")
        #expect(message.text("facility") == "local4")
        #expect(message.record.severityNumber == 10)
        #expect(message.record.body == "%% It's time to make the do-nuts.")
    }

    /// Examples 3 and 4.
    @Test func structuredDataBecomesAttributes() {
        let head = "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 "
        let data =
            #"[exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"][examplePriority@32473 class="high"]"#
        let message = SyslogMessage.parse(head + data + " An application event log entry...")
        #expect(message.text("structured_data.exampleSDID@32473.iut") == "3")
        #expect(message.text("structured_data.exampleSDID@32473.eventSource") == "Application")
        #expect(message.text("structured_data.examplePriority@32473.class") == "high")
        #expect(message.record.body == "An application event log entry...")
        #expect(SyslogMessage.parse(head + data).record.body.isEmpty)
        #expect(SyslogMessage.parse(head + data).text("structured_data.examplePriority@32473.class") == "high")
    }

    @Test func escapesAndRepeatedNames() {
        let message = SyslogMessage.parse(#"<13>1 - - - - - [a b="\"\\\]\n é" ip="1" ip="2" ip="3"][c][d ] x"#)
        #expect(message.text("structured_data.a.b") == #""\]\n é"#)
        #expect(
            message.record["syslog.structured_data.a.ip"] == .list([.string("1"), .string("2"), .string("3")]))
        #expect(message.text("structured_data.c") == "")
        #expect(message.record.body == "x")
    }

    @Test func everythingMayBeNil() {
        let message = SyslogMessage.parse("<0>1 - - - - - -")
        #expect(message.format == .rfc5424)
        #expect(message.record.time == nil)
        #expect(message.host == nil)
        #expect(message.service == "unknown_service")
        #expect(message.record.body.isEmpty)
        #expect(message.record.severityNumber == 21)
        #expect(SyslogMessage.parse("<0>1 - - - - - -", sender: "10.0.0.1").host == "10.0.0.1")
    }

    @Test(
        arguments: [
            #"[a b="c" x"#, #"[a b=c] x"#, #"[a"#, #"[] x"#, #"[a b="c"]x"#, "text without structured data",
        ])
    func malformedStructuredDataStaysText(rest: String) {
        let message = SyslogMessage.parse("<13>1 - h a - - " + rest)
        #expect(message.format == .rfc5424)
        #expect(message.record.body == rest)
        #expect(message.record.attributes.count == 2)
    }

    @Test func aMessageThatEndsEarlyIsTakenAsFarAsItGoes() {
        let message = SyslogMessage.parse("<13>1 2003-10-11T22:14:15Z host")
        #expect(message.host == "host")
        #expect(message.record.body.isEmpty)
    }

    /// Spec: OpenTelemetry, "Logs Data Model", appendix B.
    @Test(arguments: zip(0...7, [21, 19, 18, 17, 13, 10, 9, 5] as [Int32]))
    func severities(priority: Int, number: Int32) {
        #expect(SyslogMessage.parse("<\(8 + priority)>1 - - - - - - x").record.severityNumber == number)
    }

    @Test func jsonStaysTheBody() {
        #expect(SyslogMessage.parse(#"<14>1 - - app - - - {"level":"error"}"#).record.body == #"{"level":"error"}"#)
    }
}
