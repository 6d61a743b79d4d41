#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import PrometheusModel
import Synchronization

/// Time zones by name, from the system's database, each read once.
///
/// The rules of zones are facts that the machine carries for everybody, like its tables of characters, which is why a
/// module without files reads these.
enum TimeZoneFiles {
    /// More names than there are zones.
    private static let zonesMax = 1024
    private static let fileBytesMax = 1 << 20
    private static let directories = ["/usr/share/zoneinfo/", "/usr/lib/zoneinfo/", "/usr/share/lib/zoneinfo/"]
    private static let known = Mutex<[String: TimeZoneTable?]>([:])

    /// Nil when there is no such zone.
    static func zone(_ name: String) -> TimeZoneTable? {
        if name.isEmpty || name == "UTC" || name == "Local" { return .utc }
        guard isName(name) else { return nil }
        if let zone = known.withLock({ $0[name] }) { return zone }
        var zone: TimeZoneTable?
        for directory in directories where zone == nil { zone = read(directory + name).flatMap { TimeZoneTable($0) } }
        known.withLock { known in
            if known.count < zonesMax { known[name] = .some(zone) }
        }
        return zone
    }

    /// Names come from queries: nothing but what is below the directory may be opened.
    private static func isName(_ name: String) -> Bool {
        guard name.utf8.count <= 64, name.utf8.first != UInt8(ascii: "/"), name.utf8.last != UInt8(ascii: "/") else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
                || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "+")
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = buffer.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += buffer[..<count]
            guard bytes.count <= fileBytesMax else { return nil }
        }
    }

    private static func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, buffer, count)
        #else
        Darwin.read(descriptor, buffer, count)
        #endif
    }
}
