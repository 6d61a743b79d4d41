/// The parameters of a request: those of a form in the body first, then those of the URL; a name may repeat.
struct FormParameters: Sendable, Equatable {
    struct Parameter: Sendable, Equatable {
        var name: String
        var value: String
    }

    /// More are refused: a form that long is no question of a person's.
    static let countMax = 10_000

    private(set) var parameters: [Parameter] = []

    init(_ parameters: [(String, String)] = []) {
        self.parameters = parameters.map { Parameter(name: $0.0, value: $0.1) }
    }

    /// - Parameters:
    ///   - body: a form as `application/x-www-form-urlencoded`; nil for a request without.
    ///   - query: what follows the `?` of the URL.
    init(body: [UInt8]?, query: String?) throws(PrometheusFailure) {
        if let body { try add(body) }
        if let query { try add(Array(query.utf8)) }
    }

    /// The first value of that name, empty when there is none: the API does not tell these apart.
    subscript(name: String) -> String {
        for parameter in parameters where parameter.name == name { return parameter.value }
        return ""
    }

    func all(_ name: String) -> [String] { parameters.filter { $0.name == name }.map(\.value) }

    private mutating func add(_ text: [UInt8]) throws(PrometheusFailure) {
        for pair in text.split(separator: UInt8(ascii: "&")) {
            guard parameters.count < Self.countMax else {
                throw PrometheusFailure(
                    .badData, "error parsing form values: more than \(Self.countMax) parameters")
            }
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            parameters.append(
                Parameter(name: try Self.decoded(name), value: try Self.decoded(pair.dropFirst(name.count + 1))))
        }
    }

    /// Undoes `%41` and `+`.
    ///
    /// - Spec: WHATWG URL, "application/x-www-form-urlencoded parsing"; a broken escape is an error as in Go's `net/url`.
    private static func decoded(_ text: ArraySlice<UInt8>) throws(PrometheusFailure) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard index + 2 < text.endIndex, let high = hexDigit(text[index + 1]),
                    let low = hexDigit(text[index + 2])
                else {
                    let escape = String(decoding: text[index...].prefix(3), as: UTF8.self)
                    throw PrometheusFailure(.badData, "error parsing form values: invalid URL escape \"\(escape)\"")
                }
                bytes.append(high << 4 | low)
                index += 2
            case let byte: bytes.append(byte)
            }
            index += 1
        }
        guard let result = String(validating: bytes, as: UTF8.self) else {
            throw PrometheusFailure(.badData, "error parsing form values: a parameter is not UTF-8")
        }
        return result
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Undoes the escapes of a part of a path, where `+` stands for itself.
    static func decodedPathPart(_ text: Substring) throws(PrometheusFailure) -> String {
        let bytes = text.utf8.flatMap { $0 == UInt8(ascii: "+") ? Array("%2B".utf8) : [$0] }
        return try decoded(bytes[...])
    }
}
