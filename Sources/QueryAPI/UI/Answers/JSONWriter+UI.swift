import Codecs
import TelemetryModel

extension JSONWriter {
    mutating func object(_ write: (inout JSONWriter) -> Void) {
        open("{")
        write(&self)
        close("}")
    }

    mutating func object(_ name: StaticString, _ write: (inout JSONWriter) -> Void) {
        key(name)
        object(write)
    }

    /// An object, or null where there is nothing to say.
    mutating func object(_ name: StaticString, unless isAbsent: Bool, _ write: (inout JSONWriter) -> Void) {
        key(name)
        if isAbsent {
            bytes.append(contentsOf: "null".utf8)
        } else {
            object(write)
        }
    }

    /// A list of objects.
    mutating func list<Element>(
        _ name: StaticString, _ elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        open("[")
        for element in elements {
            separate()
            object { write(&$0, element) }
        }
        close("]")
    }

    mutating func numbers(_ name: StaticString, _ numbers: some Sequence<some BinaryInteger>) {
        key(name)
        open("[")
        for number in numbers {
            separate()
            integer(number)
        }
        close("]")
    }

    mutating func member(_ name: StaticString, _ value: String) {
        key(name)
        string(value)
    }

    mutating func member(_ name: StaticString, _ value: some BinaryInteger) {
        key(name)
        integer(value)
    }

    mutating func member(_ name: StaticString, _ value: Double) {
        key(name)
        double(value)
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// Nanoseconds since the Unix epoch, as text: they are beyond 2^53.
    mutating func time(_ name: StaticString, _ nanoseconds: Int64) {
        key(name)
        quotedInteger(nanoseconds)
    }
}
