/// - Spec: RFC 9110, section 12.5.3.
enum AcceptEncoding {
    static func takesGzip(_ header: String?) -> Bool {
        guard let header else { return false }
        var takesAny = false
        for entry in header.split(separator: ",") {
            let parts = entry.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            guard let coding = parts.first else { continue }
            let isRefused = parts.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) == 0 }
            if coding == "gzip" || coding == "x-gzip" { return !isRefused }
            if coding == "*" { takesAny = !isRefused }
        }
        return takesAny
    }
}
