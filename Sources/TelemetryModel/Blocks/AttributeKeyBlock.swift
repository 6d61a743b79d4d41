/// Names of attributes of spans and what they refer to, each stored once a day and place: what a search for `.name` must look at, and
/// what lists of tags show.
package final class AttributeKeyBlock: Block {
    package let receivedTime = FixedColumn<Timestamp>()
    /// `AttributePlace`.
    package let place = DictionaryColumn()
    package let key = StringColumn()
    /// 1 when a value was an array.
    package let isArray = FixedColumn<UInt8>()

    package init() {}

    package var rows: Int { receivedTime.count }

    package var columns: [any Column] { [receivedTime, place, key, isArray] }

    package func append(_ place: AttributePlace, _ key: String, isArray: Bool, at time: Timestamp) {
        receivedTime.append(time)
        self.place.append(place.rawValue)
        self.key.append(key)
        self.isArray.append(isArray ? 1 : 0)
    }
}

/// Where an attribute can stand: in a span, its events and links, a log record, and in the resource and the scope of either.
package enum AttributePlace: String, CaseIterable, Sendable, Hashable {
    case span, event, link, resource, scope, log
}
