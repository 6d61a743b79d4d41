import MartletServer

/// The table of open ports.
enum EndpointsTable {
    static func text(_ state: ServerState, width: Int) -> String {
        let rows = state.endpoints.map { endpoint in
            [
                endpoint.name, endpoint.url,
                // First, because a narrow terminal cuts the end.
                (endpoint.instead.map { "(port \($0) was taken) " } ?? "") + endpoint.purpose,
            ]
        }
        return TextTable(
            columns: [("PORT", .left), ("URL", .left), ("WHAT", .left)], rows: rows
        ).text(width: width)
    }
}
