/// The OTLP type of an attribute's value; the raw value is its letter in the stored type signature.
package enum AttributeType: UInt8, CaseIterable, Sendable {
    case string = 0x73  // s
    case int = 0x69  // i
    case double = 0x64  // d
    case bool = 0x62  // b
    case array = 0x61  // a
    case map = 0x6D  // m
    case bytes = 0x78  // x: base64
    case empty = 0x6E  // n: an AnyValue with nothing in it
    /// A nested value that plain JSON cannot hold without loss; its text is OTLP JSON.
    case nested = 0x6F  // o
}

/// A set of attributes a row. Every value is kept as text, its type as a letter in the row's signature, and numbers
/// once more as numbers (Documentation/Decisions/0003-attribute-layout.md).
///
/// - Shape: `text` Map(LowCardinality(String), String) in the sender's order, repeated keys kept; `types` one letter
///   (`AttributeType`) per entry of `text`; `numbers` Map(LowCardinality(String), Float64) of the `int` and `double`
///   entries only.
package struct AttributeColumns: Sendable {
    package let text: MapColumn<StringColumn>
    package let types = DictionaryColumn()
    /// Its keys are in the interner of `text`.
    package let numbers: MapColumn<FixedColumn<Double>>

    package init() {
        text = MapColumn(StringColumn())
        numbers = MapColumn(FixedColumn<Double>(), keys: text.keys.interner)
    }

    package var columns: [any Column] { [text, types, numbers] }

    /// Takes back the entries of the row that is not closed.
    package func discardOpenRow() {
        text.discardOpenRow()
        numbers.discardOpenRow()
    }
}

/// The attributes of the items of a list (a span's events or links): text and types, without the second copy of numbers.
package struct NestedAttributeColumns: Sendable {
    package let text = ListColumn(MapColumn(StringColumn()))
    package let types = ListColumn(DictionaryColumn())

    package init() {}

    package var columns: [any Column] { [text, types] }

    @inlinable package func closeRow() {
        text.closeRow()
        types.closeRow()
    }

    /// Takes back the items of the row that is not closed.
    package func discardOpenRow() {
        text.discardOpenRow()
        types.discardOpenRow()
    }
}
