import Recordings
import TelemetryModel

/// A resource of a recording that sent something.
struct ResourceItem: RecordedItem {
    static let noun = "resource"
    static let nouns = "resources"
    private static let attributesMax = 6

    var index: Int

    static func all(in recording: IndexedRecording) -> [ResourceItem] {
        recording.recording.resources.indices.map { ResourceItem(index: $0) }
            .filter { !recording.signals(ofResource: $0.index).isEmpty }
    }

    func service(in recording: IndexedRecording) -> String? { recording.service(index) }

    func text(in recording: IndexedRecording) -> String {
        let entries = recording.resource(index).entries
        var attributes = entries.prefix(Self.attributesMax).map { "\($0.key)=\(ValueText.print($0.value))" }
        if entries.count > Self.attributesMax { attributes.append("…") }
        let signals = recording.signals(ofResource: index).map(\.rawValue).sorted().joined(separator: ", ")
        return "resource {\(attributes.joined(separator: ", "))} with \(signals)"
    }
}
