/// An example of what a series measured, mostly with the id of a trace among its labels.
package struct Exemplar: Hashable, Sendable {
    package var labels: Labels
    package var value: Double
    /// Milliseconds since the Unix epoch.
    package var time: Int64

    package init(labels: Labels, value: Double, time: Int64) {
        self.labels = labels
        self.value = value
        self.time = time
    }
}
