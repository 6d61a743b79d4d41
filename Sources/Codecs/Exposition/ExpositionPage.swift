import PrometheusModel

/// The bytes of a page that is being written.
struct ExpositionPage {
    private(set) var bytes: [UInt8] = []
    private let form: ExpositionWriter.Form

    init(_ form: ExpositionWriter.Form) { self.form = form }

    mutating func writeFamily(_ lines: ArraySlice<ExpositionLine>) {
        guard let first = lines.first else { return }
        let help = lines.first { !$0.metadata.help.isEmpty }?.metadata.help ?? ""
        if !help.isEmpty {
            writeMetadata("HELP", first.family)
            writeEscaped(help, quotes: form == .openMetrics)
            write("\n")
        }
        writeMetadata("TYPE", first.family)
        write(first.type)
        write("\n")
        let unit = lines.first { !$0.metadata.unit.isEmpty }?.metadata.unit ?? ""
        // A unit that the name does not end with makes readers refuse the page.
        if form == .openMetrics, !unit.isEmpty, first.family.utf8.count > unit.utf8.count + 1,
            first.family.hasSuffix("_" + unit), !unit.utf8.contains(UInt8(ascii: "\n"))
        {
            writeMetadata("UNIT", first.family)
            write(unit)
            write("\n")
        }
        for line in lines { write(line) }
    }

    mutating func writeComment(_ text: String, _ name: String) {
        write("# ")
        write(text)
        write(" ")
        writeName(name, isMetric: true)
        write("\n")
    }

    mutating func writeEnd() { write("# EOF\n") }

    private mutating func write(_ line: ExpositionLine) {
        let name = line.labels.metricName
        let isPlain = LabelName.isClassicMetricName(name)
        if isPlain { write(name) }
        var separator = "{"
        if !isPlain {
            write("{")
            writeName(name, isMetric: true)
            separator = ","
        }
        for label in line.labels.entries where label.name != Labels.nameLabel {
            write(separator)
            separator = ","
            writeName(label.name, isMetric: false)
            write("=\"")
            writeEscaped(label.value, quotes: true)
            write("\"")
        }
        if separator == "," { write("}") }
        write(" ")
        switch form {
        case .text:
            write(NumberText.general(line.value))
            // The format has no sign for times.
            if let time = line.time, time >= 0 {
                write(" ")
                write(String(time))
            }
        case .openMetrics:
            write(ExpositionNumber.openMetrics(line.value))
            if let time = line.time {
                write(" ")
                write(Self.seconds(time))
            }
        }
        write("\n")
    }

    /// Milliseconds as seconds, exactly.
    private static func seconds(_ milliseconds: Int64) -> String {
        let (whole, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
        var text = (milliseconds < 0 ? "-" : "") + String(whole)
        if rest > 0 {
            var digits = String(rest + 1000).dropFirst()
            while digits.last == "0" { digits.removeLast() }
            text += "." + digits
        }
        return text
    }

    private mutating func writeMetadata(_ keyword: String, _ family: String) {
        write("# ")
        write(keyword)
        write(" ")
        writeName(family, isMetric: true)
        write(" ")
    }

    private mutating func writeName(_ name: String, isMetric: Bool) {
        if isMetric ? LabelName.isClassicMetricName(name) : LabelName.isClassic(name) { return write(name) }
        write("\"")
        writeEscaped(name, quotes: true)
        write("\"")
    }

    private mutating func writeEscaped(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): write("\\\\")
            case UInt8(ascii: "\n"): write("\\n")
            case UInt8(ascii: "\"") where quotes: write("\\\"")
            default: bytes.append(byte)
            }
        }
    }

    private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
