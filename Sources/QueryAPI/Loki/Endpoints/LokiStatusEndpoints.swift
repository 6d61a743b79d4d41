import Codecs
import LogQL

/// What needs no logs.
extension LokiAPI {
    /// The query as it would be laid out by hand; a mistake in it is said in JSON here, not as text.
    ///
    /// - Spec: Grafana Loki, "Format a LogQL query".
    func formatQuery(_ form: LokiForm) -> LokiAnswer {
        do throws(LogQLError) {
            let text = try LogQLParser.parse(form["query"] ?? "").prettyPrinted
            return .success { $0.string(text) }
        } catch {
            let failure = LokiFailure(error)
            var answer = LokiAnswer.json { writer in
                writer.member("status", "invalid-query")
                writer.member("error", failure.message)
            }
            answer.status = failure.status
            return answer
        }
    }

    func buildInformation() -> LokiAnswer {
        .json { writer in
            writer.member("version", dependencies.version)
            for key: StaticString in ["revision", "branch", "buildUser", "buildDate", "goVersion"] {
                writer.member(key, "")
            }
        }
    }

    /// What Grafana's Logs Drilldown decides by which of its tabs to show.
    func drilldownLimits() -> LokiAnswer {
        .json { writer in
            writer.object("limits") { writer in
                writer.member("discover_log_levels", true)
                writer.key("discover_service_name")
                writer.list([
                    "service", "app", "application", "name", "app_kubernetes_io_name", "container", "container_name",
                    "k8s_container_name", "component", "workload", "job",
                ])
                writer.key("log_level_fields")
                writer.list(["level", "severity", "severity_text", "lvl", "log.level"])
                writer.member("max_entries_limit_per_query", LokiLimits.entriesMax)
                writer.member("max_line_size_truncate", false)
                writer.member("max_query_bytes_read", "0B")
                writer.member("max_query_length", "0s")
                writer.member("max_query_lookback", "0s")
                writer.member("max_query_range", "0s")
                writer.member("max_query_series", LokiLimits.volumeSeriesMax)
                writer.member("metric_aggregation_enabled", false)
                writer.member("pattern_persistence_enabled", false)
                writer.member("query_timeout", "1m")
                writer.member("retention_period", "0s")
                writer.member("volume_enabled", true)
                writer.member("volume_max_series", LokiLimits.volumeSeriesMax)
            }
            writer.member("pattern_ingester_enabled", true)
            writer.member("version", dependencies.version)
        }
    }
}
