import CRE2

extension Pattern {
    /// Replaces all matches as Go's `Regexp.ReplaceAllString` does: `$1` and `${name}` in the replacement stand for
    /// groups, and an empty match right after another match counts not.
    package func replaceAll(in text: String, with replacement: String) -> String {
        let bytes = Array(text.utf8)
        let count = groupCount + 1
        var spans = [Int64](repeating: -1, count: 2 * count)
        var result: [UInt8] = []
        var lastEnd = 0
        var search = 0
        while search <= bytes.count {
            let found = bytes.withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    martlet_re2_find(expression, $0.baseAddress, $0.count, search, false, &spans, count)
                }
            }
            let begin = Int(spans[0]), end = Int(spans[1])
            guard found, begin >= lastEnd, end >= begin, end <= bytes.count else { break }
            result += bytes[lastEnd..<begin]
            if end > lastEnd || begin == 0 {
                let groups = (0..<count).map { index -> String? in
                    let begin = Int(spans[2 * index]), end = Int(spans[2 * index + 1])
                    return begin < 0 ? nil : String(decoding: bytes[begin..<end], as: UTF8.self)
                }
                result += Array(expand(replacement, groups: groups).utf8)
            }
            lastEnd = end
            if search < end {
                search = end
            } else {
                // An empty match: on by one character.
                search += 1
                while search < bytes.count, bytes[search] & 0xC0 == 0x80 { search += 1 }
            }
            for index in spans.indices { spans[index] = -1 }
        }
        result += bytes[lastEnd...]
        return String(decoding: result, as: UTF8.self)
    }

    /// How many matches there are, none overlapping another: Go's `Regexp.FindAllStringIndex`.
    package func count(in text: String) -> Int {
        let bytes = Array(text.utf8)
        var spans: [Int64] = [-1, -1]
        var result = 0
        var lastEnd = -1
        var search = 0
        while search <= bytes.count {
            let found = bytes.withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    martlet_re2_find(expression, $0.baseAddress, $0.count, search, false, &spans, 1)
                }
            }
            let begin = Int(spans[0]), end = Int(spans[1])
            guard found, begin >= search, end >= begin, end <= bytes.count else { break }
            // An empty match right after another counts not.
            if end > begin || begin != lastEnd { result += 1 }
            lastEnd = end
            if end > search {
                search = end
            } else {
                search += 1
                while search < bytes.count, bytes[search] & 0xC0 == 0x80 { search += 1 }
            }
            spans = [-1, -1]
        }
        return result
    }
}
