/// Names of keys under which programs write what a line says, and how bad it is.
enum MessageKeys {
    /// 0 for the surest; nil for a key of something else.
    static func rank(_ line: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        switch end - start {
        case 3: equals(line, start, "msg") ? 0 : equals(line, start, "log") ? 2 : nil
        case 4: equals(line, start, "@msg") ? 0 : equals(line, start, "body") || equals(line, start, "text") ? 1 : nil
        case 5: equals(line, start, "event") || equals(line, start, "error") ? 3 : nil
        case 7: equals(line, start, "message") ? 0 : nil
        case 8: equals(line, start, "@message") ? 0 : nil
        case 9: equals(line, start, "exception") ? 3 : nil
        default: nil
        }
    }

    static func isLevel(_ line: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        switch end - start {
        case 3: equals(line, start, "lvl")
        case 5: equals(line, start, "level")
        case 8: equals(line, start, "severity") || equals(line, start, "loglevel")
        case 9: equals(line, start, "log.level") || equals(line, start, "log_level")
        default: false
        }
    }

    /// Either case of letters; the text is as long as the key.
    private static func equals(_ line: UnsafeBufferPointer<UInt8>, _ start: Int, _ text: StaticString) -> Bool {
        for offset in 0..<text.utf8CodeUnitCount {
            let byte = line[start + offset]
            let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            if lower != text.utf8Start[offset] { return false }
        }
        return true
    }
}
