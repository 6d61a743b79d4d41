# Every target is a thin line over `martlet <verb>`; `make help` lists them.
DATA ?= ./data
PORTFLAGS ?=
FUZZ ?= FuzzTraces FuzzMetrics FuzzLogs FuzzLog FuzzCompression FuzzPromQL FuzzExposition FuzzStatsD FuzzTraceQL FuzzZipkin FuzzLogQL FuzzLogPipeline FuzzLogLines FuzzLoki FuzzSyslog FuzzTelemetryFiles
SECONDS ?= 600
BUILD := .build/release
MARTLET := $(BUILD)/martlet

.DEFAULT_GOAL := help
.PHONY: help prerequisites build start stop restart status health endpoints logs query send test test-build bench fuzz flush load doctor format lint clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

prerequisites: ## check for Swift and the C libraries; as root on Debian, install what is missing
	@Tools/prerequisites

build: prerequisites ## build the release binary
	@Tools/progress swift build -c release --product martlet
	@$(MARTLET) engine install

start: build ## build what is missing, start in the background, print the endpoints
	@$(MARTLET) start --data $(DATA) $(PORTFLAGS)

stop: ## stop the server; what it has accepted is stored first
	@$(MARTLET) stop --data $(DATA)

restart: build ## stop and start
	@$(MARTLET) restart --data $(DATA) $(PORTFLAGS)

status: ## show the running server
	@$(MARTLET) status --data $(DATA)

health: ## ask the health check
	@$(MARTLET) health --data $(DATA)

endpoints: ## list the open ports
	@$(MARTLET) endpoints --data $(DATA)

logs: ## follow the server's log
	@$(MARTLET) logs --data $(DATA) --follow

query: ## run SQL: make query SQL="SELECT count() FROM spans"
	@$(MARTLET) query --data $(DATA) "$(SQL)"

send: ## send sample telemetry
	@$(MARTLET) send --data $(DATA)

load: ## send as much as it takes, and count what is stored
	@$(MARTLET) load --data $(DATA)

flush: ## wait until everything accepted is stored
	@$(MARTLET) flush --data $(DATA)

doctor: ## say why nothing arrives, and what is wrong with what does
	@$(MARTLET) doctor --data $(DATA)

test-build:
	@Tools/prerequisites test
	@Tools/progress swift build --build-tests
	@.build/debug/martlet engine install

test: test-build ## build and run all tests
	@Tools/run-tests

bench: prerequisites ## measure, and print each figure with its workload
	@Tools/progress swift build -c release --product martlet-bench
	@Tools/progress swift build -c release --product martlet
	@$(MARTLET) engine install
	@$(BUILD)/martlet-bench

fuzz: prerequisites ## fuzz the decoders, ten minutes each (SECONDS=60 FUZZ=FuzzLog)
	@for name in $(FUZZ); do Tools/fuzz $$name $(SECONDS) || exit 1; done

format: ## format the sources
	@swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks Fuzz

lint: ## check the format
	@swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks Fuzz

clean: ## remove what was built; data stays
	@rm -rf .build
