/// A form of output of a verification.
///
/// Called once when a verification has ended. Rendering is pure: the same report gives the same text, byte by byte.
/// Names, messages and evidence come from telemetry, so a renderer treats every string of the report as hostile.
package protocol ReportRenderer: Sendable {
    /// Whether it shows files, samples and figures; for others they need not be measured.
    var showsMaterial: Bool { get }

    /// The whole text, with a line feed at its end.
    func render(_ report: VerificationReport) -> String
}

extension ReportRenderer {
    package var showsMaterial: Bool { false }
}
