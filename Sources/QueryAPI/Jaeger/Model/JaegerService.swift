/// The name under which Jaeger shows spans whose resource has no `service.name`.
package enum JaegerService {
    package static let missing = "missing-service-name"

    package static func shown(_ stored: String) -> String { stored.isEmpty ? missing : stored }

    /// Sorted and without repetition.
    package static func shown(_ stored: [String]) -> [String] { Set(stored.map(shown)).sorted() }

    /// What the store calls the service that a client names.
    package static func stored(_ shown: String) -> String { shown == missing ? "" : shown }
}
