extension Lexer {
    /// The name after a scope and its dot.
    ///
    /// A name goes on until a space or one of `{}()=~!<>&|^,`. Parts of it, or all, may be quoted by `"`, where only `"`
    /// and `\` are escaped, both by `\`.
    mutating func attribute(scope: Attribute.Scope, ofParent: Bool) -> Token.Kind {
        switch name() {
        case .failure(let complaint): return .invalid(complaint.message)
        case .success(let name):
            if name.text.isEmpty, !name.isQuoted { return .invalid(missingName(scope: scope)) }
            return .attribute(Attribute(.attribute(scope, name.text), ofParent: ofParent))
        }
    }

    /// What follows `parent.`: a scope and a name, an intrinsic, or a name.
    mutating func attributeOfParent() -> Token.Kind {
        for scope in Attribute.Scope.allCases where scope != .any {
            let prefix = Array((scope.rawValue + ".").utf8)
            if text[position...].starts(with: prefix) {
                position += prefix.count
                return attribute(scope: scope, ofParent: true)
            }
        }
        switch name() {
        case .failure(let complaint): return .invalid(complaint.message)
        case .success(let name):
            if !name.isQuoted {
                if name.text.isEmpty { return .invalid("an attribute's name is missing after `parent.`") }
                if let intrinsic = Intrinsic(name: name.text) {
                    return .attribute(Attribute(.intrinsic(intrinsic), ofParent: true))
                }
            }
            return .attribute(Attribute(.attribute(.any, name.text), ofParent: true))
        }
    }

    private struct Complaint: Error {
        var message: String
    }

    private mutating func name() -> Result<(text: String, isQuoted: Bool), Complaint> {
        var bytes: [UInt8] = []
        var isQuoted = false
        while let byte = peek() {
            if byte == UInt8(ascii: "\"") {
                isQuoted = true
                if let complaint = quotedPart(&bytes) { return .failure(complaint) }
            } else if byte >= 0x80 {
                if spaceLength() != nil { break }
                let length = scalar(at: position).length
                bytes += text[position..<position + length]
                position += length
            } else if Self.isNameByte(byte) {
                bytes.append(byte)
                position += 1
            } else {
                break
            }
        }
        return .success((String(decoding: bytes, as: UTF8.self), isQuoted))
    }

    private mutating func quotedPart(_ bytes: inout [UInt8]) -> Complaint? {
        position += 1
        while let byte = peek() {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return nil
            case UInt8(ascii: "\\"):
                guard let escaped = peek(), escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\") else {
                    return Complaint(message: "in an attribute's name only `\\\"` and `\\\\` are escapes")
                }
                bytes.append(escaped)
                position += 1
            default: bytes.append(byte)
            }
        }
        return Complaint(message: "the quoted name of an attribute is not closed by `\"`")
    }

    private func missingName(scope: Attribute.Scope) -> String {
        "an attribute's name is missing after `\(scope.rawValue).`"
    }

    /// Of the characters below U+0080, those that an unquoted name holds.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09...0x0D, 0x20, UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "="), UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "^"), UInt8(ascii: ","):
            false
        default: byte < 0x80
        }
    }
}
