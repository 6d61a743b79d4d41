/// Which keys the line before had, in their order: lines of one program mostly have the same, and a comparison is faster
/// than a search.
struct KeyMemory {
    private var keys: [Int32] = []
    private var place = 0

    @inline(__always)
    mutating func beginLine() { place = 0 }

    /// The name that the next key of the line makes.
    @inline(__always)
    mutating func name(_ key: ByteSlice, _ state: inout LineState) -> Int32 {
        if place < keys.count, let name = state.labels.names.name(ofKey: key, guess: keys[place]) {
            place += 1
            return name
        }
        return search(key, &state)
    }

    @inline(never)
    private mutating func search(_ key: ByteSlice, _ state: inout LineState) -> Int32 {
        // The line may have left out a key or two.
        for skipped in 1...2 where place + skipped < keys.count {
            if let name = state.labels.names.name(ofKey: key, guess: keys[place + skipped]) {
                place += skipped + 1
                return name
            }
        }
        let (name, number) = state.labels.names.name(ofKey: key, state.scratch)
        guard number >= 0 else { return name }
        if place < keys.count {
            keys[place] = number
        } else if place < 256 {
            keys.append(number)
        }
        place += 1
        return name
    }
}

extension LineLabels {
    /// What a parser does with a line that is not of its format.
    mutating func failParsing(_ error: String, _ details: String) {
        setError(error, details)
        hasParsingFailed = true
    }
}
