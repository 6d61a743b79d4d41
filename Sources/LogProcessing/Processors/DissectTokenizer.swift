/// A tokenizer of Filebeat's dissect: `%{client} - [%{+time}] "%{?ignored}" %{&key} %{*key} %{name->} %{n|integer}`.
///
/// - `%{}` and `%{?name}` skip; `%{+name}` appends, with the delimiter before it, or `%{+name/2}` in an order;
///   `%{*name}` is a key whose value is `%{&name}`; `->` allows padding by the delimiter to its right; `|type` converts
///   (`integer`, `long`, `float`, `double`, `boolean`, `string`, `ip`); a number after `#` is a fixed length.
struct DissectTokenizer: Sendable {
    enum Kind: Sendable {
        case plain
        case skip
        case append(order: Int?)
        /// `*name`: its value is the key for …
        case keyName
        /// … `&name`, whose value is the value. Without a `*` of the name, Filebeat's older form: the value of the
        /// field `name` is the key.
        case keyValue
    }

    struct Field: Sendable {
        var name: String
        var kind: Kind
        var isPadded: Bool
        var length: Int?
        var type: String?
        /// The text to its right, up to which it goes; empty for the rest.
        var delimiter: [UInt8]
    }

    static let fieldsMax = 256
    static let types = ["integer", "long", "float", "double", "boolean", "string", "ip"]

    /// The text before the first field.
    let head: [UInt8]
    let fields: [Field]

    init(_ source: String) throws(ProcessorFailure) {
        var rest = Array(source.utf8)[...]
        func literal() -> [UInt8] {
            var text: [UInt8] = []
            while let byte = rest.first {
                if byte == UInt8(ascii: "%"), rest.dropFirst().first == UInt8(ascii: "{") { break }
                text.append(byte)
                rest.removeFirst()
            }
            return text
        }
        head = literal()
        var fields: [Field] = []
        while !rest.isEmpty {
            guard let close = rest.firstIndex(of: UInt8(ascii: "}")) else {
                throw ProcessorFailure("a field of the tokenizer has no closing brace")
            }
            let inside = String(decoding: rest[(rest.startIndex + 2)..<close], as: UTF8.self)
            rest = rest[(close + 1)...]
            var field = try Self.field(inside)
            field.delimiter = literal()
            if field.delimiter.isEmpty, !rest.isEmpty, field.length == nil {
                throw ProcessorFailure("two fields of the tokenizer have nothing between them")
            }
            fields.append(field)
            guard fields.count <= Self.fieldsMax else {
                throw ProcessorFailure("the tokenizer has more than \(Self.fieldsMax) fields")
            }
        }
        guard !fields.isEmpty else { throw ProcessorFailure("the tokenizer has no field") }
        self.fields = fields
    }

    private static func field(_ inside: String) throws(ProcessorFailure) -> Field {
        var name = inside[...]
        var field = Field(name: "", kind: .plain, isPadded: false, length: nil, type: nil, delimiter: [])
        if let bar = name.lastIndex(of: "|") {
            let type = String(name[name.index(after: bar)...])
            guard types.contains(type) else { throw ProcessorFailure("unknown type \(type) in the tokenizer") }
            field.type = type
            name = name[..<bar]
        }
        if name.hasSuffix("->") {
            field.isPadded = true
            name = name.dropLast(2)
        }
        if let mark = name.lastIndex(of: "#"), let length = Int(name[name.index(after: mark)...]), length > 0 {
            field.length = length
            name = name[..<mark]
        }
        switch name.first {
        case nil: field.kind = .skip
        case "?":
            field.kind = .skip
            name = name.dropFirst()
        case "+":
            name = name.dropFirst()
            var order: Int?
            if let slash = name.lastIndex(of: "/"), let number = Int(name[name.index(after: slash)...]) {
                order = number
                name = name[..<slash]
            }
            field.kind = .append(order: order)
        case "*":
            field.kind = .keyName
            name = name.dropFirst()
        case "&":
            field.kind = .keyValue
            name = name.dropFirst()
        default: break
        }
        field.name = String(name)
        return field
    }

    /// The parts of a text by name; nil when the text is of another form.
    func split(_ text: String) -> [(name: String, value: String, type: String?)]? {
        var text = text
        guard let parts = text.withUTF8({ cut($0) }) else { return nil }
        var result: [(name: String, value: String, type: String?)] = []
        // Appended parts: those with an order by it, behind those without in the order of the text.
        var appended: [String: [(order: Int, delimiter: String, value: String)]] = [:]
        var keys: [String: String] = [:]
        var delimiter = String(decoding: head, as: UTF8.self)
        for (index, field) in fields.enumerated() {
            let value = parts[index]
            switch field.kind {
            case .plain: result.append((field.name, value, field.type))
            case .skip: if !field.name.isEmpty { keys[field.name] = value }
            case .append(let order):
                if appended[field.name] == nil, !result.contains(where: { $0.name == field.name }) {
                    result.append((field.name, "", field.type))
                }
                appended[field.name, default: []].append((order ?? index, delimiter, value))
            case .keyName: keys[field.name] = value
            case .keyValue: break
            }
            delimiter = String(decoding: field.delimiter, as: UTF8.self)
        }
        // The first field has nothing before it; put behind another it is joined as the others are.
        let join = fields.first { !$0.delimiter.isEmpty }.map { String(decoding: $0.delimiter, as: UTF8.self) } ?? ""
        for index in result.indices {
            for part in (appended[result[index].name] ?? []).sorted(by: { $0.order < $1.order }) {
                result[index].value +=
                    result[index].value.isEmpty
                    ? part.value : (part.delimiter.isEmpty ? join : part.delimiter) + part.value
            }
        }
        for (index, field) in fields.enumerated() {
            guard case .keyValue = field.kind else { continue }
            guard let key = keys[field.name] ?? result.first(where: { $0.name == field.name })?.value, !key.isEmpty
            else { continue }
            result.append((key, parts[index], field.type))
        }
        return result
    }

    private func cut(_ bytes: UnsafeBufferPointer<UInt8>) -> [String]? {
        guard bytes.starts(with: head) else { return nil }
        var place = head.count
        var parts: [String] = []
        for (index, field) in fields.enumerated() {
            var end: Int
            if let length = field.length {
                end = place + length
                guard end <= bytes.count, bytes[end...].starts(with: field.delimiter) else { return nil }
            } else if field.delimiter.isEmpty {
                end = bytes.count
            } else {
                let found = field.delimiter.withUnsafeBufferPointer { TextSearch.find($0, in: bytes, from: place) }
                guard let found else { return nil }
                end = found
            }
            parts.append(String(decoding: UnsafeBufferPointer(rebasing: bytes[place..<end]), as: UTF8.self))
            place = end + field.delimiter.count
            if field.isPadded, !field.delimiter.isEmpty {
                while place < bytes.count, bytes[place...].starts(with: field.delimiter) {
                    place += field.delimiter.count
                }
            }
            if index == fields.count - 1, place != bytes.count, field.delimiter.isEmpty { return nil }
        }
        return parts
    }
}
