import Foundation

extension ServerProcess {
    /// The samples of an instant query: labels → text of the value, `histogram` for one.
    func promQL(_ query: String, at time: Double? = nil) async throws -> [[String: String]: String] {
        var path = "/api/v1/query?query=" + Self.escaped(query)
        if let time { path += "&time=\(time)" }
        let answer = try await get("prometheus", path)
        guard answer.status == 200 else { throw TestFailure("status \(answer.status) for \(query): \(answer.text)") }
        var found: [[String: String]: String] = [:]
        for sample in try answer.json()["data"]["result"].array {
            let labels = sample["metric"].object.compactMapValues(\.string)
            found[labels] = sample["value"].array.last?.string ?? "histogram"
        }
        return found
    }

    /// The value of the only sample of an instant query; nil when there is none.
    func promQLValue(_ query: String, at time: Double? = nil) async throws -> Double? {
        let found = try await promQL(query, at: time)
        guard found.count <= 1 else { throw TestFailure("\(query) gave \(found.count) samples") }
        return found.values.first.flatMap { Double($0) }
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
