import Codecs
import TelemetryModel

/// The registry's file: a line for each entry, a JSON object and behind it a check sum, so that one broken line costs one
/// file's position only.
///
///     martlet-log-files 1
///     {"path":"/var/log/a.log","device":1,"inode":2,"offset":3,…} 0123456789abcdef
enum RegistryText {
    static let header = "martlet-log-files 1\n"
    /// A path has at most 4 KiB, and escapes sixfold it.
    private static let lineBytesMax = 1 << 20

    static func encode(_ entry: RegistryEntry) -> [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("path")
        writer.string(entry.path)
        func integer(_ key: StaticString, _ value: some BinaryInteger) {
            writer.key(key)
            writer.integer(value)
        }
        integer("device", entry.identity.device)
        integer("inode", entry.identity.inode)
        integer("offset", entry.offset)
        integer("headBytes", entry.head.bytes)
        integer("headHash", entry.head.hash)
        integer("tailBytes", entry.tail.bytes)
        integer("tailHash", entry.tail.hash)
        integer("time", entry.time.nanoseconds)
        if !entry.intents.isEmpty {
            writer.key("intents")
            writer.open("[")
            for intent in entry.intents {
                writer.separate()
                writer.open("{")
                integer("start", intent.start)
                integer("end", intent.end)
                integer("probe", intent.probe)
                integer("since", intent.since.nanoseconds)
                integer("tailBytes", intent.tail.bytes)
                integer("tailHash", intent.tail.hash)
                writer.close("}")
            }
            writer.close("]")
        }
        writer.close("}")
        let sum = checkSum(writer.bytes[...])
        writer.bytes.append(UInt8(ascii: " "))
        writer.bytes.append(contentsOf: sum)
        writer.bytes.append(UInt8(ascii: "\n"))
        return writer.bytes
    }

    /// - Returns: nil when it is none of ours; `broken` counts lines that were left out.
    static func decode(_ bytes: [UInt8]) -> (entries: [RegistryEntry], broken: Int)? {
        guard bytes.starts(with: header.utf8) else { return nil }
        var entries: [RegistryEntry] = []
        var broken = 0
        for line in bytes[header.utf8.count...].split(separator: UInt8(ascii: "\n")) {
            if let entry = entry(line) { entries.append(entry) } else { broken += 1 }
        }
        return (entries, broken)
    }

    private static func checkSum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var hash = StableHash()
        bytes.withUnsafeBytes { hash.combine($0) }
        let value = hash.finalize()
        return (0..<16).map { Hex.digit(UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * $0)) & 15) }
    }

    private static func entry(_ line: ArraySlice<UInt8>) -> RegistryEntry? {
        guard line.count > 17, line.count < lineBytesMax else { return nil }
        let content = line.dropLast(17)
        guard checkSum(content).elementsEqual(line.suffix(16)) else { return nil }
        return content.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            return try? read(&reader)
        }
    }

    private static func read(_ reader: inout JSONReader) throws(DecodeError) -> RegistryEntry? {
        var path: String?
        var intents: [BatchIntent] = []
        var numbers: [String: UInt64] = [:]
        var time: Int64 = 0
        var members = try reader.beginObject()
        while let key = try key(&reader, &members) {
            switch key {
            case "path": path = try reader.readString()
            case "time": time = try reader.readNumber().int64 ?? 0
            case "intents":
                var list = try reader.beginList()
                while try reader.nextElement(&list) {
                    guard let intent = try intent(&reader) else { return nil }
                    intents.append(intent)
                }
            default: numbers[key] = try reader.readNumber().uint64
            }
        }
        guard let path, let device = numbers["device"], let inode = numbers["inode"],
            let offset = numbers["offset"].flatMap(Int.init(exactly:)), let head = fingerprint(numbers, "head"),
            let tail = fingerprint(numbers, "tail"), tail.bytes <= offset
        else { return nil }
        var entry = RegistryEntry(
            path: path, identity: FileIdentity(device: device, inode: inode), offset: offset,
            time: Timestamp(nanoseconds: time))
        entry.head = head
        entry.tail = tail
        entry.intents = intents
        return entry
    }

    private static func intent(_ reader: inout JSONReader) throws(DecodeError) -> BatchIntent? {
        var numbers: [String: UInt64] = [:]
        var since: Int64 = 0
        var members = try reader.beginObject()
        while let key = try key(&reader, &members) {
            if key == "since" {
                since = try reader.readNumber().int64 ?? 0
            } else {
                numbers[key] = try reader.readNumber().uint64
            }
        }
        guard let start = numbers["start"].flatMap(Int.init(exactly:)),
            let end = numbers["end"].flatMap(Int.init(exactly:)),
            let probe = numbers["probe"].flatMap(Int.init(exactly:)), let tail = fingerprint(numbers, "tail"),
            tail.bytes <= end
        else { return nil }
        return BatchIntent(start: start, end: end, probe: probe, since: Timestamp(nanoseconds: since), tail: tail)
    }

    private static func fingerprint(_ numbers: [String: UInt64], _ name: String) -> Fingerprint? {
        guard let bytes = numbers[name + "Bytes"], bytes <= Fingerprint.headBytesMax, let hash = numbers[name + "Hash"]
        else { return nil }
        return Fingerprint(bytes: Int(bytes), hash: hash)
    }

    private static func key(
        _ reader: inout JSONReader, _ members: inout JSONReader.Progress
    ) throws(DecodeError) -> String? {
        guard let token = try reader.nextKey(&members) else { return nil }
        return try reader.withBytes(of: token) { (bytes) throws(DecodeError) in String(decoding: bytes, as: UTF8.self) }
    }
}

extension JSONNumber {
    fileprivate var uint64: UInt64? {
        guard case .value(let magnitude, false) = integer else { return nil }
        return magnitude
    }

    fileprivate var int64: Int64? {
        guard case .value(let magnitude, let isNegative) = integer else { return nil }
        return isNegative ? Int64(exactly: magnitude).map { -$0 } : Int64(exactly: magnitude)
    }
}
