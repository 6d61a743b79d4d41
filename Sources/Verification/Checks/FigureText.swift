/// Numbers in messages.
enum FigureText {
    /// The shortest text that reads back as the same number; whole ones without a fraction.
    static func print(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// Nanoseconds in the largest unit that leaves a number above one, with at most three digits behind the point:
    /// `1.5 s`, `512.346 ms`, `0 s`.
    static func duration(_ nanoseconds: Double) -> String {
        if nanoseconds == 0 { return "0 s" }
        guard nanoseconds.isFinite else { return print(nanoseconds) }
        let units: [(String, Double)] = [("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1)]
        let (unit, size) = units.first { nanoseconds.magnitude >= $0.1 } ?? ("ns", 1)
        return print((nanoseconds / size * 1000).rounded() / 1000) + " " + unit
    }
}
