/// What sort of failure an error is. Each API surface maps these, in one file, to its own status, body and retry hint.
package enum ErrorKind: String, Sendable, CaseIterable {
    case invalid
    case unsupported
    case notFound
    case tooLarge
    case overLimit
    case overloaded
    case timeout
    case cancelled
    case unavailable
    case denied
    case `internal`
}
