/// Panics of Go: `panic: …`, `goroutine 1 [running]:`, functions, their places after a tab, `created by …`.
enum GoTrace {
    static func begins(_ text: Text) -> Bool {
        text.hasPrefix("panic: ") || text.hasPrefix("fatal error: ") || text.hasPrefix("unexpected fault address ")
            || isGoroutine(text)
    }

    static func continues(_ text: Text) -> Bool {
        if isGoroutine(text) || text.hasPrefix("created by ") || text.hasPrefix("[signal ")
            || text.hasPrefix("runtime stack:") || text.hasPrefix("exit status ") || text.hasPrefix("panic: ")
            || text.hasPrefix("fatal error: ") || text.hasPrefix("...additional frames elided...")
            || text.hasPrefix("[originating from goroutine ") || text.hasPrefix("PC=")
        {
            return true
        }
        return isCall(text) || isRegister(text)
    }

    private static func isGoroutine(_ text: Text) -> Bool {
        var text = text
        guard text.take("goroutine "), text.takeNumber() != nil else { return false }
        return text.last == UInt8(ascii: ":") && text.distance(to: UInt8(ascii: "[")) != nil
    }

    /// `main.(*T).f(0xc000012, 0x1)`, or `panic({0x45e0a0, 0xc000012})`.
    private static func isCall(_ text: Text) -> Bool {
        guard text.last == UInt8(ascii: ")"), let open = text.distance(to: UInt8(ascii: "(")), open > 0 else {
            return false
        }
        let name = text.prefix(open)
        return name.distance(to: UInt8(ascii: " ")) == nil
            && (name.distance(to: UInt8(ascii: ".")) != nil || name == "panic")
    }

    /// `rax    0x0`.
    private static func isRegister(_ text: Text) -> Bool {
        var text = text
        let name = text.take { Bytes.isWord($0) }
        guard (2...6).contains(name.count), text.skipSpaces() > 0, text.take("0x") else { return false }
        _ = text.take { Bytes.isHexDigit($0) }
        return text.isEmpty
    }
}
