import PrometheusModel

/// Whole numbers and truth values among the parameters, with the messages of the reference implementation.
enum NumberParameter {
    /// How many of a list are wanted, 0 for all of them.
    static func limit(_ form: FormParameters) throws(PrometheusFailure) -> Int {
        let text = form["limit"]
        guard !text.isEmpty else { return 0 }
        let limit: Int
        do {
            limit = try integer(text)
        } catch {
            throw .parameter("limit", error.description)
        }
        guard limit >= 0 else { throw .parameter("limit", "limit must be non-negative") }
        return limit
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// As Go's `strconv.Atoi`.
    static func integer(_ text: String, function: String = "strconv.Atoi") throws(Failure) -> Int {
        if let value = Int(text) { return value }
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        let isNumber =
            !digits.isEmpty && text.utf8.count - digits.count <= 1 && digits.allSatisfy { (0x30...0x39).contains($0) }
        let reason = isNumber ? "value out of range" : "invalid syntax"
        throw Failure(description: "\(function): parsing \(LabelName.quoted(text)): \(reason)")
    }

    /// As Go's `strconv.ParseBool`.
    static func truth(_ text: String) throws(Failure) -> Bool {
        switch text {
        case "1", "t", "T", "TRUE", "true", "True": return true
        case "0", "f", "F", "FALSE", "false", "False": return false
        default: throw Failure(description: "strconv.ParseBool: parsing \(LabelName.quoted(text)): invalid syntax")
        }
    }
}
