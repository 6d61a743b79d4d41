import Codecs
import PrometheusModel

/// What the Loki API writes in a form of its own.
extension JSONWriter {
    /// An object of labels that are sorted by name; of those with one name the last is written.
    mutating func labels(_ labels: [Label]) {
        open("{")
        for (index, label) in labels.enumerated() {
            if index + 1 < labels.count, labels[index + 1].name == label.name { continue }
            key(dynamic: label.name)
            string(label.value)
        }
        close("}")
    }

    /// Seconds, and the value as text without an exponent: Loki prints numbers so, other than Prometheus.
    ///
    /// - Spec: Go, `strconv.FormatFloat(value, 'f', -1, 64)`.
    mutating func plainPair(_ time: Int64, _ value: Double) {
        let magnitude = value.magnitude
        // There the texts are the same, and this is faster.
        if magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e15) { return pair(time, value) }
        open("[")
        self.time(time)
        separate()
        string(NumberText.plain(value))
        close("]")
    }
}
