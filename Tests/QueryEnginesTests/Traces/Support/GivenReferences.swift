@testable import QueryEngines
import SQLSyntax
@testable import TelemetryStore
import TelemetryModel
import TraceQL

/// Answers with the same resources and scopes, whatever is asked; there are arrays and odd names only if told.
struct GivenReferences: ReferenceFinder {
    var found: ReferencedRows = .ids([7, 9])
    var hasArrays = false
    var texts: [UInt64: String]? = [7: "sa", 9: "i5"]

    func find(_ reference: Reference, where condition: Expression) async throws -> ReferencedRows {
        if !hasArrays {
            // The questions for arrays, and for services whose name is no text.
            if case .comparison(.call("substring", _), .equal, .parameter(.string("a"))) = condition { return .ids([]) }
            if case .and(let parts) = condition, case .or? = parts.last { return .ids([]) }
        }
        return found
    }

    func values(of key: String, in reference: Reference) async throws -> [UInt64: String]? { texts }
}

extension AttributeKeys {
    /// Keys by place; those that end in "[]" have arrays.
    convenience init(_ names: [AttributePlace: [String]]) {
        self.init()
        load(
            names.flatMap { place, keys in
                keys.map { key in
                    (place, key.hasSuffix("[]") ? String(key.dropLast(2)) : key, key.hasSuffix("[]"))
                }
            })
    }
}
