/// Time zones by their names in the zone database.
///
/// This module reads no files: who decodes a configuration says how the bytes of a zone's file are read.
package struct TimeZoneNames: Sendable {
    private let read: @Sendable (String) -> [UInt8]?

    /// Offsets and UTC only.
    package static let offsetsOnly = TimeZoneNames { _ in nil }

    /// - Parameter read: The bytes of the file `Europe/Berlin` below the database's directory; nil for none.
    package init(_ read: @escaping @Sendable (String) -> [UInt8]?) {
        self.read = read
    }

    /// Nil for names that nobody knows.
    package func zone(_ name: String) -> LogTimeZone? {
        if let zone = LogTimeZone(offset: name) { return zone }
        // The name becomes a path.
        guard !name.isEmpty, name.utf8.count <= 64, !name.contains(".."), !name.hasPrefix("/"),
            name.utf8.allSatisfy({ Bytes.isWord($0) || $0 == 0x2F || $0 == 0x2D || $0 == 0x2B }), let bytes = read(name)
        else { return nil }
        return TimeZoneRules(zoneFile: bytes).map { .rules($0) }
    }
}
