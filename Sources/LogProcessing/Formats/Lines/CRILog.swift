import TelemetryModel

/// containerd's and CRI-O's frame: `2024-05-24T23:22:00.123456789Z stdout F message`; the message is of any format.
enum CRILog: LineFormat {
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text? {
        var rest = line
        guard let civil = TimeScanner.iso(&rest), let time = civil.timestamp(in: context.zone),
            rest.take(UInt8(ascii: " "))
        else { return nil }
        let isError = rest.hasPrefix("stderr ")
        guard rest.take("stdout ") || rest.take("stderr "), rest.take("F ") || rest.take("P ") else { return nil }
        draft.time = time
        draft["log.iostream"] = .string(isError ? "stderr" : "stdout")
        return rest
    }
}
