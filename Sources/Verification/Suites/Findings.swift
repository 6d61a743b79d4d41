/// What one check of a suite counts while it looks: items, those that are wrong, and lines about them.
struct Findings {
    /// Lines kept of each kind; a report is read by people, and the counts say the rest.
    static let linesMax = 20

    var examined = 0
    private(set) var problems = 0
    private var lines: [String] = []
    private var facts: [String] = []

    /// Notes that an item is wrong. The line is made only while there is room.
    mutating func problem(_ line: @autoclosure () -> String) {
        problems += 1
        if lines.count < Self.linesMax { lines.append(line()) }
    }

    /// Evidence that is no problem; shown when the check passes too.
    mutating func fact(_ line: @autoclosure () -> String) {
        if facts.count < Self.linesMax { facts.append(line()) }
    }

    /// - Parameters:
    ///   - noun: what `examined` counts, in the plural.
    ///   - nothing: said when nothing was examined; the check is then vacuous, or skipped when `isOptional`.
    func report(
        _ name: String, expected: String, noun: String, nothing: String, isOptional: Bool = false, passed: String = ""
    ) -> CheckReport {
        guard examined > 0 else {
            var report = CheckReport(name: name, outcome: isOptional ? .skipped : .vacuous, message: nothing)
            report.expected = expected
            return report
        }
        let outcome =
            problems == 0
            ? "\(examined) \(noun)" : "\(problems) problem\(problems == 1 ? "" : "s") in \(examined) \(noun)"
        var report = CheckReport(
            name: name, outcome: problems == 0 ? .passed : .failed,
            message: passed.isEmpty ? outcome : "\(outcome); \(passed)")
        report.expected = expected
        report.actual = outcome
        report.evidence = lines
        if problems > lines.count { report.evidence.append("and \(problems - lines.count) more") }
        report.evidence += facts
        report.examined = examined
        return report
    }
}

extension CheckReport {
    static func skipped(_ name: String, _ reason: String) -> CheckReport {
        CheckReport(name: name, outcome: .skipped, message: reason)
    }
}

extension SuiteReport {
    /// A suite in which every check was skipped has shown nothing, which is to be seen.
    init<Suite: BuiltInSuite>(_ suite: Suite.Type, _ checks: [CheckReport]) {
        var checks = checks
        if checks.allSatisfy({ $0.outcome == .skipped }) {
            checks.append(
                CheckReport(
                    name: "something to look at", outcome: .vacuous,
                    message: "no check of the suite applies to this telemetry"))
        }
        self.init(name: Suite.name, title: Suite.title, checks: checks)
    }
}

/// Runs a call of a source; what it throws comes out as the error of a verification.
func asking<Answer>(_ call: () async throws -> Answer) async throws(VerificationError) -> Answer {
    do {
        return try await call()
    } catch let error as VerificationError {
        throw error
    } catch {
        throw VerificationError(.unreachable, "\(error)")
    }
}
