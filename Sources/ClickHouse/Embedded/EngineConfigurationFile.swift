/// Sizes of the embedded engine.
package struct EngineSizes: Sendable, Equatable {
    /// Memory that all statements and merges together may use.
    package var memoryBytes: Int
    /// Threads that a statement may use.
    package var threads: Int
    /// Merges at the same time.
    package var backgroundThreads: Int

    package init(memoryBytes: Int, threads: Int, backgroundThreads: Int) {
        self.memoryBytes = memoryBytes
        self.threads = threads
        self.backgroundThreads = backgroundThreads
    }
}

/// The engine's own configuration file, written anew at each start.
///
/// Small pools, no system log tables, no periodic metrics: an engine that nobody asks should cost nothing. A system log
/// is off when the file does not name it; naming it, even with `remove="1"`, turns it on (17 threads, 30 ms of CPU a
/// second, a crash at exit). At rest the memory worker's period matters most: 0.5 ms of CPU a second instead of 3. The
/// default user (which every connection is) has no grant that reaches outside the database, so `file()`, `url()`, `remote()`
/// and their kin are refused for every statement, Martlet's own included.
enum EngineConfigurationFile {
    static func text(_ sizes: EngineSizes, usersFile: String) -> String {
        """
        <clickhouse>
            <logger><level>none</level><console>0</console></logger>
            <max_server_memory_usage>\(sizes.memoryBytes)</max_server_memory_usage>
            <max_server_memory_usage_to_ram_ratio>0.9</max_server_memory_usage_to_ram_ratio>
            <mark_cache_size>67108864</mark_cache_size>
            <index_mark_cache_size>16777216</index_mark_cache_size>
            <uncompressed_cache_size>0</uncompressed_cache_size>
            <mmap_cache_size>100</mmap_cache_size>
            <compiled_expression_cache_size>16777216</compiled_expression_cache_size>
            <background_pool_size>\(sizes.backgroundThreads)</background_pool_size>
            <background_merges_mutations_concurrency_ratio>1</background_merges_mutations_concurrency_ratio>
            <background_move_pool_size>1</background_move_pool_size>
            <background_fetches_pool_size>1</background_fetches_pool_size>
            <background_common_pool_size>1</background_common_pool_size>
            <background_schedule_pool_size>2</background_schedule_pool_size>
            <tables_loader_background_pool_size>1</tables_loader_background_pool_size>
            <max_thread_pool_size>200</max_thread_pool_size>
            <max_thread_pool_free_size>4</max_thread_pool_free_size>
            <asynchronous_metrics_update_period_s>3600</asynchronous_metrics_update_period_s>
            <asynchronous_metrics_enable_heavy_metrics>0</asynchronous_metrics_enable_heavy_metrics>
            <memory_worker_period_ms>1000</memory_worker_period_ms>
            <jemalloc_enable_background_threads>0</jemalloc_enable_background_threads>
            <prepare_system_log_tables_on_startup>0</prepare_system_log_tables_on_startup>
            <users_config>\(usersFile)</users_config>
            <merge_tree>
                <number_of_free_entries_in_pool_to_execute_mutation>0</number_of_free_entries_in_pool_to_execute_mutation>
                <number_of_free_entries_in_pool_to_lower_max_size_of_merge>0</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
                <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>0</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
            </merge_tree>
        </clickhouse>

        """
    }

    static func users(_ sizes: EngineSizes) -> String {
        """
        <clickhouse>
            <profiles>
                <default>
                    <max_threads>\(sizes.threads)</max_threads>
                    <max_insert_threads>1</max_insert_threads>
                    <log_queries>0</log_queries>
                    <log_query_threads>0</log_query_threads>
                    <http_max_tries>1</http_max_tries>
                    <max_query_size>4194304</max_query_size>
                </default>
            </profiles>
            <users>
                <default>
                    <password></password>
                    <profile>default</profile>
                    <quota>default</quota>
                    <networks><ip>::/0</ip></networks>
                    <grants>
                        <query>GRANT SELECT, INSERT, ALTER, CREATE, DROP, TRUNCATE, OPTIMIZE, SHOW, SYSTEM, KILL QUERY ON *.*</query>
                        <query>GRANT TABLE ENGINE ON MergeTree</query>
                        <query>GRANT TABLE ENGINE ON ReplacingMergeTree</query>
                        <query>GRANT TABLE ENGINE ON AggregatingMergeTree</query>
                        <query>GRANT TABLE ENGINE ON Memory</query>
                    </grants>
                </default>
            </users>
            <quotas><default></default></quotas>
        </clickhouse>

        """
    }
}
