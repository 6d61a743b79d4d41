import ClickHouse
import SQLSyntax
import Synchronization
package import TelemetryModel

/// The names of attributes of stored spans and log records, in memory: what is in the table `attribute_keys`. Every batch
/// adds the names that are new today to the table before its rows are written, so a name of a stored row is always known.
package final class AttributeKeys: Sendable {
    /// Names of each place that are remembered; about 100 bytes each. Past it new names are neither written nor known,
    /// and `isComplete` says so.
    package static let namesMax = 100_000

    fileprivate struct Name: Hashable {
        var place: AttributePlace
        var key: String
    }

    fileprivate struct State {
        /// Of all days: true when a value was an array.
        var names: [Name: Bool] = [:]
        /// Written for `day`.
        var written: Set<Name> = []
        var writtenArrays: Set<Name> = []
        var day: Int64 = .min
        var isComplete = true
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether every name is known; if not, an unknown one may be stored.
    package var isComplete: Bool { state.withLock(\.isComplete) }

    package func contains(_ key: String, in place: AttributePlace) -> Bool {
        state.withLock { !$0.isComplete || $0.names[Name(place: place, key: key)] != nil }
    }

    /// Whether a value under this name was an array.
    package func hasArrays(_ key: String, in place: AttributePlace) -> Bool {
        state.withLock { !$0.isComplete || $0.names[Name(place: place, key: key)] == true }
    }

    /// The known names of a place, in no order.
    package func names(in place: AttributePlace) -> [String] {
        state.withLock { state in state.names.keys.compactMap { $0.place == place ? $0.key : nil } }
    }

    /// - Parameter rows: as many as there are, or `namesMax`, past which there may be others.
    func load(_ rows: [(place: AttributePlace, key: String, isArray: Bool)]) {
        state.withLock { state in
            if rows.count >= Self.namesMax { state.isComplete = false }
            for row in rows {
                let name = Name(place: row.place, key: row.key)
                state.names[name] = row.isArray || state.names[name] == true
            }
        }
    }

    /// The names in a batch that are not written for its day; `note` tells that they are, once they are.
    ///
    /// Resources and scopes of all signals count: they may be written by another signal before a span refers to them.
    func news(in batch: TelemetryBatch) -> AttributeKeyBlock? {
        guard let time = batch.timeOfNames else { return nil }
        let found = AttributeKeyBlock()
        state.withLock { state in
            state.begin(day: time.nanoseconds / 86_400_000_000_000)
            for place in AttributePlace.allCases {
                let (keys, signatures) = batch.attributeKeys(of: place)
                for index in 0..<keys.interner.values.count {
                    let name = Name(place: place, key: keys.interner.values.string(at: index))
                    guard !state.written.contains(name), state.hasRoom(for: name) else { continue }
                    found.append(place, name.key, isArray: false, at: time)
                }
                // Arrays are rare, and so are different signatures: most blocks end here.
                guard signatures.hasArrays else { continue }
                for key in batch.keysOfArrays(in: place) {
                    let name = Name(place: place, key: key)
                    guard !state.writtenArrays.contains(name), state.hasRoom(for: name) else { continue }
                    found.append(place, key, isArray: true, at: time)
                }
            }
        }
        return found.rows > 0 ? found : nil
    }

    func note(_ block: AttributeKeyBlock) {
        state.withLock { state in
            for row in 0..<block.rows {
                guard let place = AttributePlace(rawValue: block.place.string(at: row)) else { continue }
                let name = Name(place: place, key: block.key.string(at: row))
                let isArray = block.isArray[row] == 1
                state.names[name] = isArray || state.names[name] == true
                state.written.insert(name)
                if isArray { state.writtenArrays.insert(name) }
            }
        }
    }
}

extension AttributeKeys.State {
    fileprivate mutating func begin(day: Int64) {
        guard day > self.day else { return }
        self.day = day
        written = []
        writtenArrays = []
    }

    fileprivate mutating func hasRoom(for name: AttributeKeys.Name) -> Bool {
        if names[name] != nil || names.count < AttributeKeys.namesMax { return true }
        isComplete = false
        return false
    }
}

extension TelemetryBatch {
    /// Of the last row of those that have names.
    fileprivate var timeOfNames: Timestamp? {
        for times in [spans.receivedTime, logs.receivedTime, resources.receivedTime, scopes.receivedTime]
        where times.count > 0 {
            return times[times.count - 1]
        }
        return nil
    }

    fileprivate func attributeKeys(of place: AttributePlace) -> (DictionaryColumn, DictionaryColumn) {
        switch place {
        case .span: (spans.attributes.text.keys, spans.attributes.types)
        case .event: (spans.eventAttributes.text.items.keys, spans.eventAttributes.types.items)
        case .link: (spans.linkAttributes.text.items.keys, spans.linkAttributes.types.items)
        case .resource: (resources.attributes.text.keys, resources.attributes.types)
        case .scope: (scopes.attributes.text.keys, scopes.attributes.types)
        case .log: (logs.attributes.text.keys, logs.attributes.types)
        }
    }

    fileprivate func keysOfArrays(in place: AttributePlace) -> Set<String> {
        let (keys, signatures) = attributeKeys(of: place)
        let offsets =
            switch place {
            case .span: spans.attributes.text.offsets
            case .event: spans.eventAttributes.text.items.offsets
            case .link: spans.linkAttributes.text.items.offsets
            case .resource: resources.attributes.text.offsets
            case .scope: scopes.attributes.text.offsets
            case .log: logs.attributes.text.offsets
            }
        let texts = signatures.interner.values
        let places = (0..<texts.count).map { index in
            texts.utf8(at: index).indices.filter { texts.utf8(at: index)[$0] == AttributeType.array.rawValue }
        }
        var found: Set<Int32> = []
        for row in 0..<signatures.count {
            for place in places[Int(signatures.indexes[row])] {
                let entry = Int(offsets[row]) + place
                if entry < Int(offsets[row + 1]) { found.insert(keys.indexes[entry]) }
            }
        }
        return Set(found.map { keys.interner.values.string(at: Int($0)) })
    }
}

extension DictionaryColumn {
    /// Of a column of type signatures.
    fileprivate var hasArrays: Bool {
        (0..<interner.values.count).contains { interner.values.utf8(at: $0).contains(AttributeType.array.rawValue) }
    }
}

extension TelemetryStore {
    /// ```sql
    /// SELECT place, key, max(is_array) FROM telemetry.attribute_keys GROUP BY place, key LIMIT n
    /// ```
    static func loadAttributeKeys(_ engine: any Engine, into keys: AttributeKeys) async throws {
        let select = Select(
            [.init(.column("place")), .init(.column("key")), .init(.call("max", .column("is_array")))],
            from: TelemetrySchema.attributeKeys.name, groupBy: [.column("place"), .column("key")],
            limit: AttributeKeys.namesMax)
        let rows = try await engine.rows(select.statement)
        keys.load(
            rows.compactMap { row in
                AttributePlace(rawValue: row[0].text ?? "").map {
                    ($0, row[1].text ?? "", row[2].unsignedInteger == 1)
                }
            })
    }
}
