/// What the doctor looked at, and what it saw.
struct DoctorFinding {
    enum State: String {
        case ok, note, bad
    }

    var subject: String
    var state: State
    var text: String
    /// Cases, each a line.
    var evidence: [String] = []
}
