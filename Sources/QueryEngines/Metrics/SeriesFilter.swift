import SQLSyntax

/// Conditions on the ids of series, for all tables of points.
///
/// ```sql
/// series_id >= {p0:UInt64} AND series_id <= {p1:UInt64} AND series_id IN {p2:Array(UInt64)}
/// ```
enum SeriesFilter {
    /// Ids that a statement lists; a longer list would be more than a statement may be. Of more, what lies between the
    /// least and the greatest is read, and sorted out by whoever asked.
    static let listedMax = 8_000

    /// Series of one metric lie together (`StableHash.finalize(besideOthersNamed:)`), so the ends alone save much.
    static func conditions(on ids: some Collection<UInt64>) -> [Expression] {
        guard let first = ids.min(), let last = ids.max() else { return [] }
        let ends: [Expression] = [
            .comparison(.column("series_id"), .greaterOrEqual, .parameter(.unsigned(first))),
            .comparison(.column("series_id"), .lessOrEqual, .parameter(.unsigned(last))),
        ]
        guard ids.count <= listedMax else { return ends }
        return ends + [.inArray(.column("series_id"), .unsigned(ids.sorted()))]
    }
}
