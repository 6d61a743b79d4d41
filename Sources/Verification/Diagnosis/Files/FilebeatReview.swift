import Yams

/// Lines of a Filebeat configuration by which stacks failed.
struct FilebeatReview {
    private let root: Node

    init(_ root: Node) { self.root = root }

    /// Filebeat takes `output.file` and `output: {file: …}` alike.
    private func section(_ first: String, _ second: String) -> Node? {
        root.at("\(first).\(second)") ?? root.at(first, second)
    }

    func examine(_ notes: inout ReviewNotes) {
        for input in section("filebeat", "inputs")?.items ?? [] { self.input(input, &notes) }
        let outputs = ["file", "elasticsearch", "logstash", "kafka", "redis", "console"].compactMap { name in
            section("output", name).map { (name, $0) }
        }
        if outputs.isEmpty { notes.add(.broken, root, "output", "no output: Filebeat does not start") }
        if outputs.count > 1, let second = outputs.last {
            notes.add(.broken, second.1, "output.\(second.0)", "more than one output: Filebeat does not start")
        }
        if let file = section("output", "file") { self.file(file, &notes) }
        if let http = section("http", "enabled"), http.isTrue, section("http", "host") == nil {
            notes.add(
                .note, http, "http.enabled",
                "5066 listens on localhost, and in a container only there (http.host is not set)")
        }
    }

    private func input(_ input: Node, _ notes: inout ReviewNotes) {
        if input.at("type")?.word == "log" {
            notes.add(
                .broken, input.at("type"), "filebeat.inputs.type",
                "Filebeat 9 refuses the input log; its name is filestream, with an id")
        }
        let pattern = input.at("multiline.pattern") ?? input.at("multiline", "pattern")
        if input.at("json.keys_under_root") != nil || input.at("json") != nil, let pattern {
            notes.add(
                .lossy, pattern, "filebeat.inputs.multiline",
                "lines are decoded as JSON before they are joined: an object over several lines is never decoded")
        }
        for path in input.at("paths")?.items ?? [] {
            guard let word = path.word, word.hasPrefix("/data/logs"),
                word.hasSuffix("*.log") || word.hasSuffix("*.jsonl")
            else { continue }
            notes.add(
                .note, path, "filebeat.inputs.paths",
                "Martlet follows data/logs/*.jsonl and *.log without any configuration")
        }
    }

    private func file(_ file: Node, _ notes: inout ReviewNotes) {
        if let format = file.at("codec.format", "string") ?? file.at("codec", "format", "string")
            ?? file.at("codec.format.string")
        {
            notes.add(
                .lossy, format, "output.file.codec",
                "writes plain text, not JSON: programs that read JSON lines, and the fields beside these, find nothing")
        }
        if let name = file.at("filename"), let word = name.word {
            notes.add(
                .lossy, name, "output.file.filename",
                "Filebeat 8 writes \(word)-<date>.ndjson, not \(word).jsonl; who reads that name finds no file")
        }
    }
}
