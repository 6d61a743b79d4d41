/// What each of Martlet's own metrics says.
package enum SelfMetricCatalog {
    package static let help: [String: String] = [
        "martlet_ingest_requests_total": "Requests acknowledged, by signal.",
        "martlet_ingest_requests_refused_total": "Requests refused as a whole, by signal and reason.",
        "martlet_ingest_items_total": "Spans, data points and log records acknowledged, by signal.",
        "martlet_ingest_items_rejected_total":
            "Items left out of acknowledged requests and reported to the sender, by signal and reason.",
        "martlet_ingest_repairs_total": "Deviations from OTLP that were mended, by signal and kind.",
        "martlet_ingest_memory_bytes": "Bytes that requests in work and waiting rows hold.",
        "martlet_store_inserts_total": "Blocks written to the store, by signal.",
        "martlet_store_insert_failures_total": "Attempts to store a block that failed and are repeated, by signal.",
        "martlet_log_bytes": "Bytes of the write-ahead logs on disk.",
        "martlet_log_write_failures_total": "Requests refused because the log could not be written, by signal.",
        "martlet_log_replayed_records_total": "Requests that a crash left in the log, stored at the start, by signal.",
        "martlet_log_damages_total": "Stretches of the log that could not be read at the start, by signal.",
        "martlet_store_rows_total": "Rows written to the store, by signal.",
        "martlet_store_insert_seconds": "Time of one insert.",
        "process_cpu_seconds_total": "CPU time of the process.",
        "process_resident_memory_bytes": "Resident memory of the process.",
        "process_private_memory_bytes": "Memory of the process that no file backs.",
        "process_start_time_seconds": "Start of the process since the Unix epoch.",
        "process_open_fds": "Open file descriptors.",
        "process_threads": "Threads of the process.",
        "martlet_build_info": "Always 1; the label tells the version.",
    ]
}
