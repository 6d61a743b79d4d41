/// Panics of Rust: `thread 'main' panicked at src/main.rs:2:5:`, the message, `stack backtrace:`, frames, `note: …`.
enum RustTrace {
    /// Nil when the line begins no panic; else whether the message stands on the next line (since Rust 1.73).
    static func begins(_ text: Text) -> Bool? {
        guard text.hasPrefix("thread '"), text.distance(to: "panicked at ") != nil else { return nil }
        return text.last == UInt8(ascii: ":")
    }

    static func continues(_ text: Text) -> Bool {
        if text.hasPrefix("stack backtrace:") || text.hasPrefix("note: ") { return true }
        // Frames are indented by their number's width, so that those from 1000 on are not.
        var frame = text
        return frame.takeNumber(1, 6) != nil && frame.hasPrefix(": ")
    }
}
