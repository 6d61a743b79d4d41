import Codecs
import PrometheusModel

/// What the Prometheus API writes in a form of its own.
extension JSONWriter {
    /// A key whose text is known at run time only; the value has to follow.
    mutating func key(dynamic key: String) {
        separate()
        string(key)
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// A sample that is a number: `[1435781430.781,"1"]`.
    ///
    /// Most of a large answer is these, and most of their values are whole numbers: such a pair is put together beside
    /// the array and appended at once, at a third of the cost of its parts.
    mutating func pair(_ time: Int64, _ value: Double) {
        guard value.magnitude < 1e15, value == value.rounded(.towardZero) else {
            raw("[")
            self.time(time)
            raw(",")
            sample(value)
            raw("]")
            return
        }
        // Two numbers of at most 20 digits, two signs, a point with three digits, and six signs of JSON.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { text in
            // Written from its end.
            var start = 64
            func put(_ byte: UInt8) {
                start -= 1
                text[start] = byte
            }
            func put(decimal value: UInt64) {
                var rest = value
                repeat {
                    put(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10))
                    rest /= 10
                } while rest > 0
            }
            put(UInt8(ascii: "]"))
            put(UInt8(ascii: "\""))
            put(decimal: UInt64(value.magnitude))
            if value.sign == .minus { put(UInt8(ascii: "-")) }
            put(UInt8(ascii: "\""))
            put(UInt8(ascii: ","))
            let fraction = time.magnitude % 1000
            if fraction != 0 {
                put(UInt8(ascii: "0") + UInt8(fraction % 10))
                put(UInt8(ascii: "0") + UInt8(fraction / 10 % 10))
                put(UInt8(ascii: "0") + UInt8(fraction / 100))
                put(UInt8(ascii: "."))
            }
            put(decimal: time.magnitude / 1000)
            if time < 0 { put(UInt8(ascii: "-")) }
            put(UInt8(ascii: "["))
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: UnsafeBufferPointer(text)[start...]))
        }
    }

    /// Milliseconds as seconds with up to three decimals: `1435781430.781`.
    mutating func time(_ milliseconds: Int64) {
        if milliseconds < 0 { bytes.append(UInt8(ascii: "-")) }
        let magnitude = milliseconds.magnitude
        decimal(magnitude / 1000)
        let fraction = magnitude % 1000
        guard fraction != 0 else { return }
        bytes.append(UInt8(ascii: "."))
        bytes.append(UInt8(ascii: "0") + UInt8(fraction / 100))
        bytes.append(UInt8(ascii: "0") + UInt8(fraction / 10 % 10))
        bytes.append(UInt8(ascii: "0") + UInt8(fraction % 10))
    }

    /// A sample's value: a number as a string, so that NaN and infinities have a place.
    mutating func sample(_ value: Double) {
        bytes.append(UInt8(ascii: "\""))
        floatText(value)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A JSON number; what JSON has no number for is 0.
    mutating func number(_ value: Double) {
        floatText(value.isFinite ? value : 0)
    }

    /// As `NumberText.json`, without a string on the way for the usual values: this is most of a large answer.
    private mutating func floatText(_ value: Double) {
        let magnitude = abs(value)
        if magnitude < 1e15, value == value.rounded(.towardZero) {
            if value.sign == .minus { bytes.append(UInt8(ascii: "-")) }
            decimal(UInt64(magnitude))
        } else if magnitude >= 1e-4, magnitude < 1e15 {
            // Here Swift's own text has the same layout: no exponent, the shortest digits.
            var text = value.description
            text.withUTF8 { bytes.append(contentsOf: $0) }
        } else {
            bytes.append(contentsOf: NumberText.json(value).utf8)
        }
    }

    private mutating func decimal(_ value: UInt64) {
        var count = 1
        var rest = value / 10
        while rest > 0 {
            count += 1
            rest /= 10
        }
        let end = bytes.count + count
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: count))
        rest = value
        var index = end - 1
        while rest > 0 {
            bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            index -= 1
        }
    }

    mutating func labels(_ labels: Labels) {
        open("{")
        for label in labels.entries {
            key(dynamic: label.name)
            string(label.value)
        }
        close("}")
    }

    /// Sorted by name, so that the answer is the same each time.
    mutating func texts(_ values: [String: String]) {
        open("{")
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            key(dynamic: name)
            string(value)
        }
        close("}")
    }

    mutating func list(_ values: some Sequence<String>) {
        open("[")
        for value in values {
            separate()
            string(value)
        }
        close("]")
    }
}
