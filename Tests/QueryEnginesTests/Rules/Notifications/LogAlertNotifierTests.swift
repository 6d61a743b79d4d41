import Logging
import PrometheusModel
import QueryEngines
import Synchronization
import Testing

@Suite struct LogAlertNotifierTests {
    /// Keeps messages with their labels.
    private final class Lines: Sendable {
        let lines = Mutex<[String]>([])
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            lines.lines.withLock { $0.append("\(event.level) \(event.message) \(values.joined(separator: " "))") }
        }
    }

    @Test func aLineForEachChange() {
        let lines = Lines()
        let notifier = LogAlertNotifier(logger: Logger(label: "test", factory: { _ in Handler(lines: lines) }))
        var alert = NotifiedAlert(
            labels: ["alertname": "A", "job": "x"], annotations: ["summary": "it is down", "other": "y"],
            startsAt: 0, endsAt: 1000, isResolved: false)
        notifier.notify([alert], at: 0)
        notifier.notify([alert], at: 60)
        alert.isResolved = true
        notifier.notify([alert], at: 120)
        notifier.notify([alert], at: 180)
        #expect(
            lines.lines.withLock { $0 } == [
                #"warning an alert fires alert=A labels={alertname="A", job="x"} summary=it is down"#,
                #"info an alert is resolved alert=A labels={alertname="A", job="x"} summary=it is down"#,
            ])
    }
}
