import TelemetryModel

/// How a verification is carried out.
package struct VerificationOptions: Sendable {
    /// Stands in for the windows of documents; a run has one of its own.
    package var window: RecordingWindow?
    /// Of documents and suites that have no window.
    package var windowDefault = RecordingWindow()
    /// Built-in suites besides those that documents name.
    package var suites: [String] = []
    /// What the suites are told; window and time are filled in, services too where it names none.
    package var suiteOptions = SuiteOptions()
    /// Items that are loaded at the most: at about a kilobyte each, a million fill the memory of a small machine.
    package var itemsMax = 1_000_000
    /// Whether nothing more will come: files, or a run that has ended. Then `eventually` and `never` look once.
    package var isComplete = false
    /// Bounds every `eventually` and `never`.
    package var timeout: Duration?
    /// Between one look and the next; grows by half each time.
    package var pauseFirst = Duration.milliseconds(100)
    package var pauseMax = Duration.seconds(2)

    package init() {}
}
