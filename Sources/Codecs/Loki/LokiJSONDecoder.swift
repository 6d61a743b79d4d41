import PrometheusModel
import TelemetryModel

/// `{"streams": [{"stream": {labels}, "values": [["<nanoseconds>", "line", {metadata}], …]}, …]}`
enum LokiJSONDecoder {
    static func decode(
        _ body: UnsafeBufferPointer<UInt8>, _ receivedTime: Timestamp
    ) throws(DecodeError) -> LokiPush {
        var decoder = Decoder(body, receivedTime)
        try decoder.streams { (decoder) throws(DecodeError) in try decoder.stream() }
        return decoder.writer.finish()
    }

    /// Shared with the older format.
    struct Decoder {
        var reader: JSONReader
        var writer: LokiPushWriter

        init(_ body: UnsafeBufferPointer<UInt8>, _ receivedTime: Timestamp) {
            reader = JSONReader(body)
            writer = LokiPushWriter(receivedTime: receivedTime)
        }

        mutating func streams(_ stream: (inout Decoder) throws(DecodeError) -> Void) throws(DecodeError) {
            try members { (decoder, key) throws(DecodeError) in
                guard key == "streams" else { return try decoder.reader.skipValue() }
                do throws(DecodeError) {
                    try decoder.elements(stream)
                } catch {
                    throw error.inside(member: "streams")
                }
            }
            try reader.finish()
        }

        /// The members of an object; null stands for an empty one.
        mutating func members(
            _ member: (inout Decoder, String) throws(DecodeError) -> Void
        ) throws(DecodeError) {
            if try reader.readNull() { return }
            var progress = try reader.beginObject()
            while let token = try reader.nextKey(&progress) {
                let key = try reader.withBytes(of: token) { (bytes) throws(DecodeError) in
                    String(decoding: bytes, as: UTF8.self)
                }
                try member(&self, key)
            }
        }

        /// The elements of a list; null stands for an empty one.
        mutating func elements(_ element: (inout Decoder) throws(DecodeError) -> Void) throws(DecodeError) {
            if try reader.readNull() { return }
            var progress = try reader.beginList()
            var index = 0
            while try reader.nextElement(&progress) {
                do throws(DecodeError) {
                    try element(&self)
                } catch {
                    throw error.inside(element: index)
                }
                index += 1
            }
        }

        mutating func stream() throws(DecodeError) {
            writer.beginStream()
            var labels: [LokiLabel] = []
            try members { (decoder, key) throws(DecodeError) in
                switch key {
                case "stream": labels = try decoder.labels()
                case "values":
                    do throws(DecodeError) {
                        try decoder.elements { (decoder) throws(DecodeError) in try decoder.entry() }
                    } catch {
                        throw error.inside(member: "values")
                    }
                default: try decoder.reader.skipValue()
                }
            }
            writer.endStream(labels)
        }

        /// Of a name that stands there twice the last value counts, as in Go.
        private mutating func labels() throws(DecodeError) -> [LokiLabel] {
            var labels: [LokiLabel] = []
            var isValid = true
            try members { (decoder, name) throws(DecodeError) in
                let value = try decoder.reader.readString()
                if let place = labels.firstIndex(where: { $0.name == name }) {
                    labels[place].value = value
                    return
                }
                // Past the limit the stream is refused, and a search in all of its names would take long.
                guard labels.count < 4 * LokiLimits.labelsPerStream else { return }
                var isFirst = true
                for byte in name.utf8 {
                    isValid = isValid && LokiLabel.isNameByte(byte, isFirst: isFirst)
                    isFirst = false
                }
                isValid = isValid && !isFirst
                labels.append(LokiLabel(name: name, value: value))
            }
            if !isValid { try refuse(labels) }
            return labels
        }

        /// Loki prints the labels and reads them again, which is where names fail that are none.
        private func refuse(_ labels: [LokiLabel]) throws(DecodeError) {
            let pairs = labels.sorted { $0.name < $1.name }.map { "\($0.name)=\(LabelName.quoted($0.value))" }
            let text = Array("{\(pairs.joined(separator: ", "))}".utf8)
            _ = try text.withUnsafeBufferPointer { (text) throws(DecodeError) in try LokiLabelsParser.parse(text) }
            // A name that is labels by itself, such as `a="b",c`.
            throw DecodeError(code: .malformed, message: "couldn't parse labels: 1:1: parse error: invalid label name")
        }

        private mutating func entry() throws(DecodeError) {
            var progress = try reader.beginList()
            guard try reader.nextElement(&progress) else { throw incomplete() }
            let time = try time()
            guard try reader.nextElement(&progress) else { throw incomplete() }
            guard try reader.nextKind() == .string else {
                throw malformedString("a line is a string")
            }
            let line = try reader.readStringToken()
            if try reader.nextElement(&progress) {
                guard try reader.nextKind() == .object else {
                    throw DecodeError(
                        code: .malformed,
                        message: "Value looks like object, but can't find closing '}' symbol: "
                            + "structured metadata is an object of strings", offset: reader.position)
                }
                try metadata()
                while try reader.nextElement(&progress) { try reader.skipValue() }
            }
            try reader.withBytes(of: line) { (bytes) throws(DecodeError) in
                writer.entry(nanoseconds: time, line: bytes)
            }
        }

        mutating func metadata() throws(DecodeError) {
            if try reader.readNull() { return }
            var progress = try reader.beginObject()
            while let name = try reader.nextKey(&progress) {
                guard try reader.nextKind() == .string else { throw malformedString("metadata are strings") }
                let value = try reader.readStringToken()
                try reader.withBytes(of: name) { (name) throws(DecodeError) in
                    try reader.withBytes(of: value) { (value) throws(DecodeError) in
                        writer.metadata(name: name, value: value)
                    }
                }
            }
        }

        private mutating func time() throws(DecodeError) -> Int64 {
            guard try reader.nextKind() == .string else {
                throw malformedString("a timestamp is a string of nanoseconds")
            }
            let token = try reader.readStringToken()
            let offset = reader.position
            return try reader.withBytes(of: token) { (text) throws(DecodeError) in
                guard let time = DecimalText.integer(text) else {
                    throw DecodeError(
                        code: .malformed,
                        message: "Value looks like Number/Boolean/None, but can't find its end: ',' "
                            + "or '}' symbol: a timestamp is a string of nanoseconds", offset: offset)
                }
                return time
            }
        }

        private func incomplete() -> DecodeError {
            DecodeError(code: .malformed, message: "an entry is a list of time and line", offset: reader.position)
        }

        /// Loki's sentence, which is that of its JSON library, and what is meant.
        func malformedString(_ meaning: String) -> DecodeError {
            DecodeError(
                code: .malformed, message: "Value is string, but can't find closing '\"' symbol: \(meaning)",
                offset: reader.position)
        }
    }
}
