import Foundation
import Ingest
import Logging
import Receivers
import ServiceLifecycle
import Synchronization
import TelemetryModel
import Testing

/// What `logging.handlers.SysLogHandler` of Python's library sends, over both transports.
@Suite(.timeLimit(.minutes(1)), .enabled(if: Python.isThere, "there is no python3 here"))
struct SyslogPythonTests {
    private final class RecordingSink: SyslogSink {
        private let state = Mutex<[LogDraft]>([])
        var records: [LogDraft] { state.withLock { $0 } }
        func admit(_ records: [LogDraft]) async throws(IngestError) { state.withLock { $0 += records } }
    }

    private static let program = """
        import logging, logging.handlers, socket, sys
        kind = socket.SOCK_STREAM if sys.argv[2] == "tcp" else socket.SOCK_DGRAM
        handler = logging.handlers.SysLogHandler(("127.0.0.1", int(sys.argv[1])), facility="local0", socktype=kind)
        handler.ident = "myapp: "
        log = logging.getLogger("x")
        log.addHandler(handler)
        log.warning("first é")
        log.critical("second")
        handler.close()
        """

    @Test(arguments: ["udp", "tcp"])
    func itsMessagesAreRead(transport: String) async throws {
        let sink = RecordingSink()
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let receiver = SyslogReceiver(SyslogOptions(port: 0), sink: sink, logger: logger) { continuation.yield($0) }
        let group = ServiceGroup(services: [receiver], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                let status = try Python.run(["-c", Self.program, "\(port)", transport])
                #expect(status == 0)
                while status == 0, sink.records.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
        #expect(sink.records.map(\.body) == ["first é", "second"])
        #expect(sink.records.map(\.severityText) == ["warning", "crit"])
        for record in sink.records {
            #expect(record["syslog.facility"] == .string("local0"))
            #expect(record.resource.first == LogAttribute("service.name", .string("myapp")))
        }
    }
}

private enum Python {
    static let isThere = (try? run(["-c", "import logging.handlers"])) == 0

    static func run(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
