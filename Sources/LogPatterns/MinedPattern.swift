/// A template of log lines.
package struct MinedPattern: Sendable, Equatable {
    /// How many lines came in one step.
    package struct Sample: Sendable, Equatable {
        /// Start of the step: nanoseconds since the Unix epoch.
        package var time: Int64
        package var count: Int

        package init(time: Int64, count: Int) {
            self.time = time
            self.count = count
        }
    }

    /// Text with `<_>` where lines differ: what LogQL's `|>` takes, and it matches every line that is counted here.
    package var pattern: String
    /// As it was given with the lines: lines of different levels never share a template.
    package var level: UInt8
    package var count: Int
    /// In order of time, steps without lines left out.
    package var samples: [Sample]
    /// The beginning of one of the lines; of leftovers, of none.
    package var example: String

    package init(pattern: String, level: UInt8, count: Int, samples: [Sample], example: String) {
        self.pattern = pattern
        self.level = level
        self.count = count
        self.samples = samples
        self.example = example
    }
}
