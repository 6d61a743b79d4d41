import Yams

extension PrometheusConfiguration {
    /// A configuration as it may be shown: what is secret stands there as `<secret>`, in addresses as `xxxxx`.
    ///
    /// Made from the tree of the text and printed anew, so that nothing of a secret is left, however it is written: folded,
    /// behind an anchor, or in a comment, as comments are left out. Sections without effect here are shown, too, and their
    /// secrets with them.
    ///
    /// - Parameter text: one that can be read; of any other nothing is shown.
    package static func withoutSecrets(_ text: String) -> String {
        var reader = ConfigurationReader(directory: "", environment: [:])
        guard let root = reader.compose(text) else { return "" }
        var secrets = ConfigurationSecrets()
        let shown = secrets.mask(root, isSecret: false, below: "")
        guard !secrets.isOver else {
            return "# with its aliases resolved, the configuration is too large to be shown\n"
        }
        return (try? Yams.serialize(node: shown, width: -1, allowUnicode: true)) ?? ""
    }
}

/// Knows the secrets in a configuration.
///
/// - Spec: Prometheus 3.5, "Configuration", the fields of type `<secret>`; Alertmanager's, those of type `<secret>` or a
///   URL that is one. Keys that are unknown there are judged by their name.
struct ConfigurationSecrets {
    /// Aliases make a short text a large tree.
    private static let nodesMax = 1_000_000
    private static let mask = "<secret>"
    private static let exact: Set<String> = [
        "basic_auth_password", "bearer_token", "client_secret", "credentials", "password", "secret_key", "secrets",
        "service_key", "routing_key", "api_key", "api_secret", "smtp_auth_secret", "webhook_url", "private_key",
    ]
    /// Whoever names a key so has put a secret behind it, in parameters of a request, for example.
    private static let parts = [
        "password", "passwd", "passphrase", "secret", "token", "credential", "apikey", "api_key", "api-key",
        "access_key",
        "accesskey", "private_key", "privatekey", "connection_string",
    ]
    private static let headerParts = parts + ["auth", "cookie", "key", "session", "signature"]

    private var nodesLeft = nodesMax

    /// Whether there was more than `nodesMax`, and what was made is not whole.
    var isOver: Bool { nodesLeft < 0 }

    /// - Parameters:
    ///   - isSecret: everything below is.
    ///   - section: the key that the node stands under.
    mutating func mask(_ node: Node, isSecret: Bool, below section: String) -> Node {
        nodesLeft -= 1
        guard nodesLeft >= 0 else { return Node("") }
        switch node {
        case .scalar(let scalar):
            if !isSecret {
                let shown = Self.withoutUserInformation(scalar.string)
                return .scalar(Node.Scalar(shown, scalar.tag, scalar.style))
            }
            // That there is none is worth knowing.
            return scalar.string.isEmpty ? node : .scalar(Node.Scalar(Self.mask))
        case .sequence(let sequence):
            return .sequence(
                Node.Sequence(
                    sequence.map { mask($0, isSecret: isSecret, below: section) }, .implicit, sequence.style))
        case .mapping(let mapping):
            let pairs = mapping.map { keyNode, value in
                let key = keyNode.scalar?.string ?? ""
                let shown = mask(
                    value, isSecret: key != "files" && (isSecret || Self.isSecret(key, in: section)),
                    // What is merged in stands in the section itself; a header's values have its name.
                    below: key == "<<" || Self.headerSections.contains(section) ? section : key)
                return (Self.plain(keyNode), shown)
            }
            return .mapping(Node.Mapping(pairs, .implicit, mapping.style))
        case .alias: return Node("")
        }
    }

    private static let headerSections: Set<String> = ["http_headers", "headers"]

    private static func isSecret(_ key: String, in section: String) -> Bool {
        let name = key.lowercased()
        if section == "proxy_connect_header" { return true }
        if headerSections.contains(section), !exact.contains(name) { return headerParts.contains { name.contains($0) } }
        if section == "tls_config" { return name == "key" }
        if section == "webhook_configs" { return name == "url" || isSecretName(name) }
        return isSecretName(name)
    }

    private static func isSecretName(_ name: String) -> Bool {
        if exact.contains(name) { return true }
        // Where a secret is, is none. Of a URL the user information is.
        guard !["_file", "_files", "_url", "_ref", "_limit", "_type"].contains(where: { name.hasSuffix($0) }) else {
            return false
        }
        return parts.contains { name.contains($0) }
    }

    /// A key as text alone, without its anchor.
    private static func plain(_ node: Node) -> Node {
        guard let scalar = node.scalar else { return Node("") }
        return .scalar(Node.Scalar(withoutUserInformation(scalar.string), scalar.tag, scalar.style))
    }

    /// `http://user:xxxxx@host` for `http://user:password@host`, wherever it stands in the text; a user without a password
    /// becomes `xxxxx`, as it may be a token.
    static func withoutUserInformation(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard bytes[index...].starts(with: "://".utf8) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            result += "://".utf8
            index += 3
            let authority = bytes[index...].prefix { !"/?# \t\n\"'".utf8.contains($0) }
            if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
                if let colon = authority[..<at].firstIndex(of: UInt8(ascii: ":")) { result += bytes[index...colon] }
                result += "xxxxx".utf8
                index = at
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
