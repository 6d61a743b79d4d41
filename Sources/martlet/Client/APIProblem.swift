import Codecs
import TelemetryModel

/// A refusal of Martlet's own API: `{"error":{"kind":…,"message":…}}`.
enum APIProblem {
    /// What the server says, else what to make of an answer that is none of the API's.
    static func text(_ answer: HTTPAnswer, url: String) -> String {
        guard let message = message(answer.body), !message.isEmpty else {
            return PromQLCommand.problem(status: answer.status, answer.text, url: url)
        }
        return TerminalText.escaped(message)
    }

    /// What was asked wrongly, or the server does not know, is wrong usage.
    static func exit(status: Int) -> CommandExit { [400, 501].contains(status) ? .usage : .no }

    static func message(_ body: [UInt8]) -> String? {
        var message: String?
        try? AnswerReading.read(body) { (reader, _) throws(DecodeError) in
            try reader.readMembers { (name, reader) throws(DecodeError) in
                guard name == "error", try reader.nextKind() == .object else { return try reader.skipValue() }
                try reader.readMembers { (name, reader) throws(DecodeError) in
                    if name == "message" { message = try reader.readString() } else { try reader.skipValue() }
                }
            }
        }
        return message
    }
}
