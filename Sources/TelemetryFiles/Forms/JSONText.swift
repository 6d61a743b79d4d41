/// JSON as a stream of bytes: finds where values begin and end without reading them.
///
/// Only brackets and strings are told apart; whether what is between them is JSON the decoder of a value says.
struct JSONText {
    enum Failure: Error {
        case malformed(String)
        case tooLong
        case file(TelemetryFileError)
    }

    private var bytes: BufferedBytes
    private let bytesMax: Int
    /// Of the next byte, from 1.
    private(set) var line = 1

    init(_ bytes: BufferedBytes, bytesMax: Int = TelemetryFileLimits.entryBytes) {
        self.bytes = bytes
        self.bytesMax = bytesMax
    }

    /// The next byte that is no white space, which stays; nil at the end.
    mutating func peek() throws(Failure) -> UInt8? {
        while try need(1) {
            switch bytes[0] {
            case 0x20, 0x09, 0x0D: bytes.drop(1)
            case 0x0A:
                line += 1
                bytes.drop(1)
            default: return bytes[0]
            }
        }
        return nil
    }

    /// Takes a byte behind white space when it is this one.
    mutating func take(_ byte: UInt8) throws(Failure) -> Bool {
        guard try peek() == byte else { return false }
        bytes.drop(1)
        return true
    }

    mutating func expect(_ byte: UInt8) throws(Failure) {
        guard try take(byte) else {
            let found = try peek() == nil ? "the end of the file" : "an unexpected character"
            throw .malformed("expected '\(Character(Unicode.Scalar(byte)))', found \(found)")
        }
    }

    /// A key and its colon. Escapes stay: no key that is looked for has any.
    mutating func key() throws(Failure) -> String {
        guard try peek() == UInt8(ascii: "\"") else { throw .malformed("expected a key") }
        let text = try value()
        try expect(UInt8(ascii: ":"))
        return String(decoding: text.dropFirst().dropLast(), as: UTF8.self)
    }

    /// The bytes of the next value.
    mutating func value() throws(Failure) -> [UInt8] {
        var value: [UInt8] = []
        try pass { value += $0 }
        return value
    }

    /// Passes over the next value, however long it is.
    mutating func skipValue() throws(Failure) {
        try pass(bytesMax: .max) { _ in }
    }

    private mutating func pass(bytesMax limit: Int? = nil, _ part: (ArraySlice<UInt8>) -> Void) throws(Failure) {
        guard let first = try peek() else { throw .malformed("expected a value, found the end of the file") }
        let limit = limit ?? bytesMax
        let isContainer = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        let isString = first == UInt8(ascii: "\"")
        var (depth, inString, isEscaped, length) = (0, false, false, 0)
        while true {
            guard try need(1) else {
                // A number or a word may end with the file.
                if !isContainer, !isString { return }
                throw .malformed("cut short")
            }
            let chunk = bytes.prefix(bytes.count)
            var (end, lines): (Int?, Int) = (nil, 0)
            scan: for index in chunk.indices {
                let byte = chunk[index]
                if byte == 0x0A { lines += 1 }
                if inString {
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        inString = false
                        if isString { end = index + 1 }
                    }
                } else {
                    switch byte {
                    case UInt8(ascii: "\""): inString = true
                    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                    case UInt8(ascii: "}"), UInt8(ascii: "]"):
                        depth -= 1
                        if depth == 0 { end = index + 1 }
                        // The end of what is around a number or a word.
                        if depth < 0 { end = index }
                    case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                        if !isContainer {
                            if byte == 0x0A { lines -= 1 }
                            end = index
                        }
                    default: break
                    }
                }
                if end != nil { break scan }
            }
            let taken = chunk[..<(end ?? chunk.endIndex)]
            length += taken.count
            line += lines
            guard length <= limit else { throw .tooLong }
            part(taken)
            bytes.drop(taken.count)
            guard end == nil else {
                guard length > 0 else { throw .malformed("expected a value") }
                return
            }
        }
    }

    private mutating func need(_ count: Int) throws(Failure) -> Bool {
        do throws(TelemetryFileError) {
            return try bytes.need(count)
        } catch {
            throw .file(error)
        }
    }
}
