import Synchronization

/// What was made of the literals of templates (regular expressions, layouts of times): the same few are asked for at
/// every line.
final class LiteralMemory<Value: Sendable>: Sendable {
    /// A text that is not a literal but part of a line fills the memory, which is emptied then.
    private static var entriesMax: Int { 128 }
    private let known = Mutex<[String: Value]>([:])

    subscript(text: String) -> Value? {
        get { known.withLock { $0[text] } }
        set {
            known.withLock { known in
                if known.count >= Self.entriesMax { known.removeAll() }
                known[text] = newValue
            }
        }
    }
}
