import Foundation
import Testing

@testable import Codecs

/// The bodies of `conformance/zipkin`, at the level of decoding. Expectations: NOTICE in that folder.
@Suite("Zipkin conformance") struct ZipkinConformanceTests {
    /// `shared` stands beside the repository and is not part of it.
    private static var file: URL {
        let shared =
            ProcessInfo.processInfo.environment["MARTLET_SHARED"].map { URL(filePath: $0) }
            ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "shared")
        return shared.appending(path: "conformance/zipkin/zipkin-cases.json")
    }

    @Test("a body is decoded exactly when its case expects 202")
    func bodies() throws {
        guard let data = try? Data(contentsOf: Self.file) else {
            print("SKIPPED: \(Self.file.path(percentEncoded: false)) does not exist")
            return
        }
        let cases = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        var count = 0
        for item in cases where item["method"] as? String == "POST" {
            let name = try #require(item["name"] as? String)
            let statuses = try #require(item["status"] as? [Int])
            let body = try #require(item["body"])
            let bytes =
                item["raw"] as? Bool == true
                ? Array(((body as? String) ?? "").utf8) : [UInt8](try JSONSerialization.data(withJSONObject: body))
            let status = (try? ZipkinJSONDecoder.decode(bytes)) == nil ? 400 : 202
            #expect(statuses.contains(status), "\(name)")
            count += 1
        }
        #expect(count > 0)
    }
}
