import Codecs
import PrometheusModel
import TelemetryModel

/// What is known of the series of one target: from the bytes that a page shows to the labels that are stored, and which
/// series are alive.
///
/// A series that the page shows as before costs one comparison of bytes: series mostly keep their order, so that the
/// one after the last found is tried first, then a hash table is asked.
struct SeriesCache {
    /// How a page writes a series.
    private struct Text {
        let hash: UInt64
        let start: Int
        let count: Int
        /// Index of the series; -1 for one that relabelling drops.
        let series: Int
        var round: UInt64
    }

    /// A series as it is stored. Several texts may lead to one.
    struct Series {
        let labels: Labels
        /// Which metadata it has; -1 for none.
        let family: Int
        /// The last scrape that had it.
        var round: UInt64 = 0
        /// The last scrape that had it and should end it when it is gone.
        var trackedRound: UInt64 = 0
        /// Whether it has a value that a staleness marker has to end.
        var isAlive = false
        /// Of the last sample stored, milliseconds since the Unix epoch.
        var time = Int64.min
        /// The same before this scrape, should it be taken back.
        var timeBefore = Int64.min
        /// Those that the page showed last; most pages repeat them.
        var exemplars: [ExpositionExemplar] = []
    }

    /// What a page writes: bytes of all texts one after the other.
    private var bytes: [UInt8] = []
    private var texts: [Text] = []
    /// Open addressing: index of a text plus one, 0 for a free place. Its size is a power of two.
    private var table: [Int32] = []
    private var guess = 0
    private(set) var series: [Series] = []
    private var numbers: [Labels: Int] = [:]
    private(set) var round: UInt64 = 0
    /// Texts after the last successful scrape.
    private var textsWhenGood = 0

    mutating func beginRound() {
        round += 1
        guess = 0
    }

    /// Finds a text; marks it as seen.
    ///
    /// - Returns: the index of its series, -1 for one that is dropped; nil when the text is new.
    @inline(__always)
    mutating func find(_ raw: UnsafeBufferPointer<UInt8>) -> Int? {
        if guess < texts.count, isEqual(texts[guess], raw) {
            texts[guess].round = round
            guess += 1
            return texts[guess - 1].series
        }
        return findByHash(raw)
    }

    private mutating func findByHash(_ raw: UnsafeBufferPointer<UInt8>) -> Int? {
        guard !table.isEmpty else { return nil }
        let hash = Self.hash(raw)
        var place = Int(truncatingIfNeeded: hash) & (table.count - 1)
        while table[place] != 0 {
            let index = Int(table[place]) - 1
            if texts[index].hash == hash, isEqual(texts[index], raw) {
                texts[index].round = round
                guess = index + 1
                return texts[index].series
            }
            place = (place + 1) & (table.count - 1)
        }
        return nil
    }

    /// Remembers a text that was not found.
    ///
    /// - Parameter labels: those that are stored; nil when the series is dropped.
    /// - Returns: the index of its series.
    mutating func insert(_ raw: UnsafeBufferPointer<UInt8>, _ labels: Labels?, family: Int) -> Int {
        var number = -1
        if let labels {
            number = numbers[labels] ?? series.count
            if number == series.count {
                numbers[labels] = number
                series.append(Series(labels: labels, family: family))
            }
        }
        insertText(Text(hash: Self.hash(raw), start: bytes.count, count: raw.count, series: number, round: round))
        bytes.append(contentsOf: raw)
        guess = texts.count
        return number
    }

    private mutating func insertText(_ text: Text) {
        texts.append(text)
        if texts.count * 2 > table.count {
            table = [Int32](repeating: 0, count: max(64, table.count * 2))
            for index in texts.indices { place(index) }
        } else {
            place(texts.count - 1)
        }
    }

    private mutating func place(_ index: Int) {
        var place = Int(truncatingIfNeeded: texts[index].hash) & (table.count - 1)
        while table[place] != 0 { place = (place + 1) & (table.count - 1) }
        table[place] = Int32(truncatingIfNeeded: index + 1)
    }

    mutating func update(_ index: Int, _ change: (inout Series) -> Void) { change(&series[index]) }

    /// Ends a scrape whose samples are kept.
    ///
    /// - Returns: the series that have ended; they are forgotten.
    mutating func endRound(markedAt time: Int64) -> [Labels] {
        var ended: [Labels] = []
        for index in series.indices {
            if series[index].isAlive, series[index].trackedRound != round {
                ended.append(series[index].labels)
                series[index].time = max(series[index].time, time)
            }
            series[index].isAlive = series[index].trackedRound == round
        }
        forgetUnseen()
        textsWhenGood = texts.count
        return ended
    }

    /// Ends a scrape that failed: its samples are taken back and every series ends.
    mutating func failRound(markedAt time: Int64) -> [Labels] {
        var ended: [Labels] = []
        for index in series.indices {
            if series[index].round == round {
                series[index].time = series[index].timeBefore
                // What was not stored may be shown again.
                series[index].exemplars = []
            }
            if series[index].isAlive {
                ended.append(series[index].labels)
                series[index].time = max(series[index].time, time)
            }
            series[index].isAlive = false
        }
        // The texts of a target that shows other series at each failing scrape must not grow for ever.
        if texts.count > 2 * textsWhenGood + 1000 { forgetUnseen() }
        return ended
    }

    /// Forgets how texts lead to series, because the rules have changed; what is alive stays so until the next scrape.
    mutating func forgetTexts() {
        texts = []
        table = []
        bytes = []
        guess = 0
    }

    private mutating func forgetUnseen() {
        let current = round
        guard texts.contains(where: { $0.round != current }) || series.contains(where: { $0.round != current }) else {
            return
        }
        var moved = [Int](repeating: -1, count: series.count)
        var kept: [Series] = []
        for index in series.indices where series[index].round == current {
            moved[index] = kept.count
            kept.append(series[index])
        }
        series = kept
        numbers.removeAll(keepingCapacity: true)
        for index in series.indices { numbers[series[index].labels] = index }
        let before = (texts: texts, bytes: bytes)
        forgetTexts()
        for text in before.texts where text.round == current {
            let start = bytes.count
            bytes.append(contentsOf: before.bytes[text.start..<(text.start + text.count)])
            insertText(
                Text(
                    hash: text.hash, start: start, count: text.count, series: text.series < 0 ? -1 : moved[text.series],
                    round: text.round))
        }
    }

    @inline(__always)
    private func isEqual(_ text: Text, _ raw: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count == raw.count else { return false }
        return bytes.withUnsafeBufferPointer { all in
            let known = UnsafeBufferPointer(rebasing: all[text.start..<(text.start + text.count)])
            return Self.areEqual(known, raw)
        }
    }

    @inline(__always)
    private static func areEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        let left = UnsafeRawBufferPointer(left), right = UnsafeRawBufferPointer(right)
        var position = 0
        while position + 8 <= left.count {
            let a = left.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            guard a == right.loadUnaligned(fromByteOffset: position, as: UInt64.self) else { return false }
            position += 8
        }
        while position < left.count {
            guard left[position] == right[position] else { return false }
            position += 1
        }
        return true
    }

    private static func hash(_ raw: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = StableHash()
        hash.combine(UnsafeRawBufferPointer(raw))
        return hash.finalize()
    }
}
