/// Tracebacks of Python: `Traceback (most recent call last):`, indented frames, and one line with the exception.
enum PythonTrace {
    /// The sentences between chained tracebacks.
    static func isBridge(_ text: Text) -> Bool {
        text.hasPrefix("During handling of the above exception, another exception occurred:")
            || text.hasPrefix("The above exception was the direct cause of the following exception:")
    }
}
