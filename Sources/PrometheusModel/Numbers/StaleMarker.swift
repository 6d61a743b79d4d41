/// The value that ends a series: a signalling NaN with a payload of its own, so that a NaN that somebody measured is
/// something else. Prometheus, `model/value`: `StaleNaN`.
package enum StaleMarker {
    package static let bits: UInt64 = 0x7FF0_0000_0000_0002
    package static var value: Double { Double(bitPattern: bits) }
    package static func isStale(_ value: Double) -> Bool { value.bitPattern == bits }
}
