/// Which files belong together because one was rotated away from the other, by their names.
///
/// - `traces-2026-11-22T01-51-13.000.jsonl` before `traces.jsonl` (the Collector's file exporter, Martlet's mirror)
/// - `traces-20261122-1.ndjson` before `traces.ndjson`
/// - `traces.jsonl.2`, `traces.jsonl.1` before `traces.jsonl` (logrotate)
///
/// each with `.gz` or `.zst` behind it or not.
struct RotatedSet: Equatable {
    /// Order of time within a set.
    enum Age: Hashable, Comparable {
        /// By the time in the name, as text that sorts.
        case stamped(String)
        /// The greater the older.
        case numbered(Int)
        case live

        static func < (left: Age, right: Age) -> Bool {
            switch (left, right) {
            case (.stamped(let left), .stamped(let right)): left < right
            case (.numbered(let left), .numbered(let right)): left > right
            default: left.rank < right.rank
            }
        }

        private var rank: Int {
            switch self {
            case .stamped: 0
            case .numbered: 1
            case .live: 2
            }
        }
    }

    /// The name of the live file, without the ending of a compression.
    let name: String
    let age: Age
    let isCompressed: Bool

    init(_ fileName: String) {
        var name = fileName[...]
        var isCompressed = false
        for ending in [".gz", ".zst", ".zstd"] where name.hasSuffix(ending) {
            name = name.dropLast(ending.count)
            isCompressed = true
            break
        }
        self.isCompressed = isCompressed
        let point = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : $0 } ?? name.endIndex
        // A time has a point itself, which is the last where the name has no ending.
        if let (stem, stamp) = Self.stamp(name) {
            self.name = String(stem)
            age = .stamped(stamp)
            return
        }
        if point < name.endIndex, let number = Self.number(name[name.index(after: point)...]) {
            self.name = String(name[..<point])
            age = .numbered(number)
            return
        }
        if let (stem, stamp) = Self.stamp(name[..<point]) {
            self.name = String(stem + name[point...])
            age = .stamped(stamp)
            return
        }
        self.name = String(name)
        age = .live
    }

    /// Up to six digits: what is longer is a date or no number of a rotation.
    private static func number(_ text: Substring) -> Int? {
        (1...6).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    private static let shapes = ["-0000-00-00T00-00-00.000", "-00000000"].map { Array($0.utf8) }

    /// A name that ends with a time, taken apart.
    private static func stamp(_ name: Substring) -> (stem: Substring, stamp: String)? {
        var rest = name
        var further = 0
        // `-20261122-1`: another one of the same day.
        if let dash = rest.lastIndex(of: "-"), let number = number(rest[rest.index(after: dash)...]),
            matches(rest[..<dash], shapes[1])
        {
            further = number
            rest = rest[..<dash]
        }
        for shape in shapes where matches(rest, shape) {
            let padded = String("000000\(further)".suffix(6))
            return (rest.dropLast(shape.count), String(rest.suffix(shape.count).dropFirst()) + "." + padded)
        }
        return nil
    }

    private static func matches(_ name: Substring, _ shape: [UInt8]) -> Bool {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return name.utf8.count > shape.count
            && zip(name.utf8.suffix(shape.count), shape).allSatisfy {
                digits.contains($1) ? digits.contains($0) : $0 == $1
            }
    }
}
