import Codecs
import PrometheusModel

extension JSONWriter {
    /// An object of texts, sorted by keys.
    private mutating func object(_ values: [(key: String, value: String)]) {
        open("{")
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            separate()
            string(key)
            bytes.append(UInt8(ascii: ":"))
            string(value)
        }
        close("}")
    }

    mutating func labels(_ labels: Labels) { object(labels.entries.map { ($0.name, $0.value) }) }

    mutating func texts(_ values: [String: String]) { object(values.map { ($0.key, $0.value) }) }

    /// RFC 3339 with as many digits as are needed.
    mutating func time(_ milliseconds: Int64) { string(TemplateTime(milliseconds: milliseconds).rfc3339) }

    mutating func member(_ name: StaticString, _ text: String) {
        key(name)
        string(text)
    }
}
