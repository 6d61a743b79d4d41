package import TelemetryModel

/// A document of expectations, read.
package struct ExpectationDocument: Sendable {
    /// Bytes of a document.
    package static let bytesMax = 4 << 20

    /// As the file was called.
    package let file: String
    package let name: String
    package let title: String
    package let window: DocumentWindow?
    package let service: String?
    /// Names of built-in suites.
    package let suites: [String]
    package let expectations: [Expectation]

    /// What has to be loaded.
    package var signals: Set<Signal> {
        suites.isEmpty
            ? expectations.reduce(into: []) { $0.formUnion($1.body.signals) } : Set(Signal.allCases)
    }

    /// Makes expectations of the text of a document.
    ///
    /// - Parameters:
    ///   - file: how it is called in messages and reports.
    ///   - service: stands in for the document's `service`.
    /// - Returns: the document, or what is wrong with it, in order of place; one of them.
    package static func parse(
        _ text: String, file: String, service: String? = nil
    ) -> (document: ExpectationDocument?, problems: [VerificationError]) {
        guard text.utf8.count <= bytesMax else {
            let place = SourceLocation(file: file, line: 1, column: 1)
            return (
                nil,
                [
                    VerificationError(.invalidDocument, "has \(text.utf8.count) bytes, limit is \(bytesMax)", at: place)
                ]
            )
        }
        return DocumentReader.read(text, file: file, service: service)
    }

    /// - Throws: the first problem, with the number of others.
    package init(_ text: String, file: String, service: String? = nil) throws(VerificationError) {
        let (document, problems) = Self.parse(text, file: file, service: service)
        guard let document else {
            let first = problems.first ?? VerificationError(.invalidDocument, "is no document of expectations")
            let others = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
            throw VerificationError(.invalidDocument, first.message + others, at: first.location)
        }
        self = document
    }

    init(
        file: String, name: String, title: String, window: DocumentWindow?, service: String?, suites: [String],
        expectations: [Expectation]
    ) {
        self.file = file
        self.name = name
        self.title = title
        self.window = window
        self.service = service
        self.suites = suites
        self.expectations = expectations
    }
}

/// The window that a document gives.
package struct DocumentWindow: Sendable, Equatable {
    package var since: Duration?
    /// Nanoseconds since the Unix epoch.
    package var start: UInt64?
    package var end: UInt64?

    package init(since: Duration? = nil, start: UInt64? = nil, end: UInt64? = nil) {
        self.since = since
        self.start = start
        self.end = end
    }

    /// - Parameter now: nanoseconds since the Unix epoch.
    package func window(now: UInt64) -> RecordingWindow {
        guard let since else { return RecordingWindow(start: start, end: end) }
        let back = UInt64(clamping: since.nanoseconds)
        return RecordingWindow(start: now > back ? now - back : 0)
    }
}

/// One expectation of a document.
package struct Expectation: Sendable {
    /// When it has to be so.
    package enum Timing: Sendable, Equatable {
        case now
        /// At the latest after the time.
        case eventually(Duration)
        /// At no time while the time goes by.
        case never(Duration)
    }

    package let name: String
    package let location: SourceLocation
    package let timing: Timing
    /// Why it is not looked at; nil: it is.
    package let skip: String?
    let body: any ExpectationBody
}

extension Duration {
    /// The nearest that fits.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return Int64(clamping: Int128(seconds) * 1_000_000_000 + Int128(attoseconds) / 1_000_000_000)
    }
}
