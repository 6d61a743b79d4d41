import Codecs

/// What the ledger says of one sender and signal.
struct SenderLedger {
    var signal = ""
    var sender = ""
    var received = 0
    var stored = 0
    var rejected: [String: Int] = [:]
    var dropped: [String: Int] = [:]
    var refused: [String: Int] = [:]

    /// - Throws: `CommandFailure` when this is no ledger.
    static func read(_ bytes: [UInt8]) throws(CommandFailure) -> [SenderLedger] {
        var entries: [SenderLedger] = []
        try AnswerReading.read(bytes) { (reader, _) throws(DecodeError) in
            try reader.readMembers { (name, reader) throws(DecodeError) in
                guard name == "entries" else { return try reader.skipValue() }
                try reader.readElements { (reader) throws(DecodeError) in
                    var entry = SenderLedger()
                    try reader.readMembers { (name, reader) throws(DecodeError) in
                        switch name {
                        case "signal": entry.signal = try reader.readString()
                        case "sender": entry.sender = try reader.readString()
                        case "received": entry.received = Int(clamping: try reader.readInteger())
                        case "stored": entry.stored = Int(clamping: try reader.readInteger())
                        case "rejected": entry.rejected = try counts(&reader)
                        case "dropped": entry.dropped = try counts(&reader)
                        case "refusedRequests": entry.refused = try counts(&reader)
                        default: try reader.skipValue()
                        }
                    }
                    entries.append(entry)
                }
            }
        }
        return entries
    }

    private static func counts(_ reader: inout JSONReader) throws(DecodeError) -> [String: Int] {
        var counts: [String: Int] = [:]
        try reader.readMembers { (name, reader) throws(DecodeError) in
            counts[name] = Int(clamping: try reader.readInteger())
        }
        return counts
    }
}
