import PrometheusModel

/// Numbers in messages as Go writes them.
enum GoText {
    /// As `%f`: six digits after the point.
    static func fixed(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return NumberText.general(value) }
        let millionths = (value.magnitude * 1e6).rounded(.toNearestOrEven)
        let whole = Int64(millionths) / 1_000_000, rest = String(Int64(millionths) % 1_000_000)
        return "\(value.sign == .minus ? "-" : "")\(whole).\(String(repeating: "0", count: 6 - rest.count))\(rest)"
    }
}
