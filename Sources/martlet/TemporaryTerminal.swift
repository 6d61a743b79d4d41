struct TextTable { struct Column { enum A { case left, right }; init(_ t: String, _ a: A = .left) { title = t }; let title: String }
 let columns: [Column]; let rows: [[String]]
 func render(width: Int) -> String { ([columns.map(\.title)] + rows).map { $0.joined(separator: "\t") + "\n" }.joined() } }
struct WaterfallSpan { let id: String; let parentID: String?; let name: String; let service: String; let startNanoseconds: Int64; let durationNanoseconds: Int64; let isError: Bool; let statusMessage: String }
struct Waterfall { let spans: [WaterfallSpan]; let width: Int; let colors: Bool; var lines: [String] { spans.map(\.name) } }
struct ProgressLine { mutating func update(_ f: Double, _ t: String) {}; mutating func finish() {} }
enum HumanText { static func bytes(_ n: Int) -> String { "\(n)" }; static func count(_ n: Int) -> String { "\(n)" } }
