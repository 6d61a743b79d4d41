import Codecs

extension TempoAPI {
    func buildInformation() -> TempoAnswer {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("version")
        writer.string(dependencies.version)
        for key: StaticString in ["revision", "branch", "buildUser", "buildDate", "goVersion"] {
            writer.key(key)
            writer.string("")
        }
        writer.close("}")
        return .json(writer.bytes)
    }

    var versionText: String { "martlet, answering as tempo, version \(dependencies.version)\n" }

    var endpointsText: String {
        TempoEndpoint.allCases.map { "GET \($0.path)\n" }.joined()
    }
}
