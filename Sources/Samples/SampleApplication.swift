/// The three applications that Martlet is made for. The raw value is what the command line takes and, for the two
/// databases, also the `service.name` of their telemetry.
package enum SampleApplication: String, CaseIterable, Sendable {
    /// Request → database operation → WebAssembly reducer, with metrics, exemplars and logs.
    case spacetimedb
    /// Single-span events of several projects, as the automagik-telemetry SDK sends them.
    case automagik
    /// Traces only: one statement is a deep tree of dozens to hundreds of INTERNAL spans.
    case reifydb
}
