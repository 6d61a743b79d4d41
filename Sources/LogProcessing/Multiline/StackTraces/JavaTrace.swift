/// Traces of the JVM: `java.lang.IllegalStateException: boom`, `\tat …`, `Caused by: …`, `... 12 more`.
enum JavaTrace {
    static func continues(_ text: Text) -> Bool {
        text.hasPrefix("Caused by: ") || text.hasPrefix("Suppressed: ") || text.hasPrefix("Wrapped by: ")
            // .NET's line between the parts of a rethrown exception.
            || text.hasPrefix("--- End of ")
    }

    /// A qualified class name that ends in Exception, Error or Throwable, alone or before a colon; or
    /// `Exception in thread "main" …`, or .NET's `Unhandled exception. …`.
    static func isException(_ text: Text) -> Bool {
        if text.hasPrefix("Exception in thread \"") || text.hasPrefix("Unhandled exception. ") { return true }
        var name = text
        let word = name.take { Bytes.isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "$") }
        guard word.distance(to: UInt8(ascii: ".")) != nil, Bytes.isLetter(word.first),
            name.isEmpty || name.first == UInt8(ascii: ":")
        else { return false }
        return word.hasSuffix("Exception") || word.hasSuffix("Error") || word.hasSuffix("Throwable")
    }
}
