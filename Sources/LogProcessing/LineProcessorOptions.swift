/// How events of an input become records.
package struct LineProcessorOptions: Sendable {
    package var format = LogFormat.auto
    package var encoding = TextEncoding.utf8
    /// Of times whose text names no zone.
    package var zone = LogTimeZone.utc
    /// Keeps the text of the event, as it was read, in the attribute `log.record.original` (OpenTelemetry semantic
    /// conventions, "Logs") beside what was made of it.
    package var keepsOriginal = false
    /// Run in order over each record.
    package var processors: [LogProcessorConfiguration] = []

    package init() {}
}
