package import PrometheusModel

/// The fingerprint of a label set that Prometheus and Alertmanager use: FNV-1a with 64 bits over names and values in the
/// order of the names, a byte 255 after each.
///
/// - Spec: prometheus/common, `model.LabelSet.Fingerprint`.
package enum LabelFingerprint {
    package static func hash(_ labels: Labels) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for entry in labels.entries {
            for byte in entry.name.utf8 { add(byte) }
            add(255)
            for byte in entry.value.utf8 { add(byte) }
            add(255)
        }
        return hash
    }

    /// 16 hexadecimal digits.
    package static func text(_ labels: Labels) -> String {
        let digits = String(hash(labels), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
