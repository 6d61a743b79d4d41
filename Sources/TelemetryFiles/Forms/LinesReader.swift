/// Lines of a file, ended by a line feed or the end.
struct LinesReader {
    enum Line {
        /// Without its end.
        case whole([UInt8])
        /// More bytes than a line may have; they were passed over.
        case tooLong
    }

    private var bytes: BufferedBytes
    private let bytesMax: Int
    /// Of the line that was handed over last, from 1.
    private(set) var number = 0
    /// Whether that line had no end of its own.
    private(set) var isUnended = false

    init(_ bytes: BufferedBytes, bytesMax: Int = TelemetryFileLimits.entryBytes) {
        self.bytes = bytes
        self.bytesMax = bytesMax
    }

    mutating func next() throws(TelemetryFileError) -> Line? {
        var searched = 0
        var isTooLong = false
        while true {
            if let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: searched) {
                number += 1
                if isTooLong || end > bytesMax {
                    bytes.drop(end + 1)
                    return .tooLong
                }
                let line = bytes.take(end)
                bytes.drop(1)
                return .whole(line)
            }
            searched = bytes.count
            if searched > bytesMax {
                bytes.drop(searched)
                searched = 0
                isTooLong = true
            }
            if try bytes.readOn() { continue }
            guard bytes.count > 0 || isTooLong else { return nil }
            number += 1
            isUnended = true
            return isTooLong ? .tooLong : .whole(bytes.take(bytes.count))
        }
    }
}
