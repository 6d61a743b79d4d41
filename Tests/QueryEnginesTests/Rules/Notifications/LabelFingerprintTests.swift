import PrometheusModel
import QueryEngines
import Testing

@Suite struct LabelFingerprintTests {
    // prometheus/common: the fingerprint of no labels is FNV-1a's offset. Others were computed with another implementation of FNV-1a.
    @Test(
        "FNV-1a of names and values, each ended by a byte 255",
        arguments: [
            ([:], "cbf29ce484222325"), (["alertname": "A"], "d2c6efc389df0927"),
            (["a": "b", "c": "d"], "53997eba86e1c7f5"),
        ]
            as [(Labels, String)])
    func fingerprints(labels: Labels, text: String) { #expect(LabelFingerprint.text(labels) == text) }
}
